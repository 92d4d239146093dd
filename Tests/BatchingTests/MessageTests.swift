import Testing

@testable import Batching

/// Messages come out as they went in, however the stream cuts them.
@Suite struct MessageTests {
  private let replies: [WorkerReply] = [
    .opened(sha256: nil), .decoded, .finished(fault: "the file changed"), .stands,
    .stopped(reason: "no space\nleft \u{1F4BE}"),
  ]

  @Test(arguments: [1, 3, 7, 1000])
  func anyCutWillDo(size: Int) throws {
    let stream = try replies.flatMap { try MessageChannel.encode($0) }
    var (buffer, found) = (MessageBuffer(), [WorkerReply]())
    for start in stride(from: 0, to: stream.count, by: size) {
      buffer.append(stream[start..<min(start + size, stream.count)])
      while let reply = try buffer.next(WorkerReply.self) { found.append(reply) }
    }
    #expect(found == replies)
  }

  @Test func askingForWhatIsMissingNeverReadsIntoTheNextMessage() throws {
    let stream = try replies.flatMap { try MessageChannel.encode($0) }
    var (buffer, found, offset) = (MessageBuffer(), [WorkerReply](), 0)
    while offset < stream.count {
      let end = min(offset + buffer.missing, stream.count)
      buffer.append(stream[offset..<end])
      offset = end
      if let reply = try buffer.next(WorkerReply.self) {
        found.append(reply)
        #expect(buffer.missing == 4)
      }
    }
    #expect(found == replies)
  }

  @Test func brokenStreamsAreTold() throws {
    var buffer = MessageBuffer()
    buffer.append([0xFF, 0xFF, 0xFF, 0xFF, 1])
    #expect(throws: ChannelError.broken) { try buffer.next(WorkerReply.self) }
    var other = MessageBuffer()
    other.append([0, 0, 0, 2, 0x7B, 0x7D])
    #expect(throws: ChannelError.broken) { try other.next(WorkerReply.self) }
  }
}
