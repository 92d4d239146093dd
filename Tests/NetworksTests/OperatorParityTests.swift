// Every operator, forward and backward, against PyTorch's numbers.
import Networks
import Tensors
import Testing

@Suite struct OperatorParityTests {
  @Test(arguments: Fixture.operatorNames)
  func `forward and gradients agree with PyTorch`(name: String) throws {
    guard name != "batchnorm-eval" else { return }
    let fixture = try Fixture.load(name)
    let graph = try fixture.graph()
    let plan = try TrainingPlan(graph: graph, inputShape: [1, 1], pool: WorkerPool(workers: 2))
    plan.forward()
    let expected = try #require(fixture.outputs["y"])
    #expect(plan.output("y").shape == expected.shape)
    #expect(relativeDifference(plan.output("y").logicalValues, expected.values) < 2e-5)

    let upstream = try #require(fixture.upstream["y"])
    let gradient = try #require(plan.outputGradient("y"))
    ParameterLayout.image.pack(upstream.tensor, to: gradient.floats)
    plan.backward()
    let gradients = plan.currentGradients()
    for (input, value) in fixture.gradients {
      let ours = try #require(gradients[input], "no gradient for \(input)")
      #expect(relativeDifference(ours.values, value.values) < 5e-5, "gradient of \(input)")
    }
    for statistic in ["running_mean", "running_variance"] {
      guard let value = fixture.outputs[statistic] else { continue }
      let ours = try #require(plan.currentParameters()[statistic])
      #expect(relativeDifference(ours.values, value.values) < 2e-5, "\(statistic)")
    }
  }

  @Test(arguments: Fixture.operatorNames)
  func `running agrees with PyTorch`(name: String) throws {
    guard name != "batchnorm-training" else { return }
    let fixture = try Fixture.load(name)
    let (operation, names) = try fixture.operation()
    let first = try #require(fixture.inputs[names[0]])
    let graph = Graph(
      inputs: [.init(name: names[0], shape: first.shape)], outputs: ["y"],
      nodes: [
        Node(name: "node", operation: operation, inputs: names, outputs: fixture.outputNames)
      ],
      parameters: fixture.inputs.filter { $0.key != names[0] }.mapValues(\.tensor))
    let plan = try InferencePlan(graph: graph, inputShape: first.shape, threads: 2)
    let y = try #require(try plan.run(first.tensor)["y"])
    let expected = try #require(fixture.outputs["y"])
    #expect(y.shape == expected.shape)
    #expect(relativeDifference(y.values, expected.values) < 2e-5)
  }

  /// What `training_mode` in a file asks for; PyTorch's numbers while training hold running too.
  @Test func `a norm of the batch's statistics agrees with PyTorch, running and training`() throws {
    let fixture = try Fixture.load("batchnorm-training")
    let (y, upstream) = (
      try #require(fixture.outputs["y"]), try #require(fixture.upstream["y"]).tensor
    )
    var graph = try fixture.graph()
    graph.nodes[0].operation = BatchNormalization(usesBatchStatistics: true)

    let plan = try TrainingPlan(graph: graph, inputShape: [1, 1], pool: WorkerPool(workers: 2))
    plan.forward()
    #expect(relativeDifference(plan.output("y").logicalValues, y.values) < 2e-5)
    ParameterLayout.image.pack(upstream, to: try #require(plan.outputGradient("y")).floats)
    plan.backward()
    let (gradients, parameters) = (plan.currentGradients(), plan.currentParameters())
    for (input, value) in fixture.gradients {
      let ours = try #require(gradients[input])
      #expect(relativeDifference(ours.values, value.values) < 5e-5, "gradient of \(input)")
    }
    for statistic in ["running_mean", "running_variance"] {
      let ours = try #require(parameters[statistic]).values
      #expect(relativeDifference(ours, try #require(fixture.outputs[statistic]).values) < 2e-5)
    }

    let x = try #require(fixture.inputs["x"])
    graph.inputs = [.init(name: "x", shape: x.shape)]
    graph.parameters["x"] = nil
    let running = try InferencePlan(graph: graph, inputShape: x.shape, threads: 2)
    for _ in 0..<2 {
      let ours = try #require(try running.run(x.tensor)["y"])
      #expect(relativeDifference(ours.values, y.values) < 2e-5)
    }
  }
}
