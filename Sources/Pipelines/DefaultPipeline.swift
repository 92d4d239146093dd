private import Enhancement

extension Pipeline {
  /// The default as a file: every key with its value and what it does.
  package static var defaultText: String {
    let standard = Pipeline()
    return """
      # A pipeline for `imgdx batch INPUT... -o DIR --pipeline FILE`: every key, with its default.
      # Lines may be left out, and every value may be the word default.
      # Options of the command line win over the environment, and the environment over this file.
      # Research use only. Not a medical device.

      # The layout of this file.
      schema: \(PipelineReader.schema)

      # The model's file, as seen from the folder of this file.
      # Default: the shipped model. Wins over this: --model, IMGDX_MODEL.
      model: default

      # What is done to an image before the network sees it: a list of steps, [] for nothing, such as
      #   enhancement: [median:size=3, clahe]
      # `imgdx help enhance` explains them: \(EnhancementCatalog.names().joined(separator: ", ")).
      # Default: what the model was trained with. Anything else is remarked on in every result.
      enhancement: default

      thresholds:
        # An image is marked as suspicious when the probabilities of the suspicious classes sum to
        # this, above 0, up to 1, or its class is one of them. Default: the model's own.
        suspicion: default

        # A pixel belongs to a lesion from this probability on, 0.01 to 0.99. Default: the model's own.
        mask: default

        # Lesions smaller than this share of the image are dropped, 0 to 0.99: 0.001 is a thousandth.
        # Default: the model's own.
        minimum_lesion_share: default

      outputs:
        # <name>.mask.png beside the <name>.json of each image: 255 where a lesion is, 0 elsewhere.
        mask: \(standard.pictures.contains(.mask))

        # <name>.overlay.png: the image with its lesions outlined.
        overlay: \(standard.pictures.contains(.overlay))

        # Small pictures inside report.html.
        thumbnails: \(standard.includesThumbnails)

        # Patient name, ID and birth date in results. Wins over this: --include-phi, --no-include-phi.
        include_phi: \(standard.includesPHI)

        # Keyed hashes in place of the names of files and folders, everywhere; names.sqlite in the
        # output folder says which is which. Wins over this: --pseudonymous, --no-pseudonymous.
        pseudonymous: \(standard.isPseudonymous)

      limits:
        # Files with more pixels a frame are refused, before memory is taken.
        # Wins over this: --max-pixels.
        pixels: \(standard.limits.maximumPixels)

        # Files with more bytes are refused; 800M and 4G are understood too.
        # Wins over this: --max-bytes.
        bytes: \(standard.limits.maximumBytes)

        # Files with more frames are refused. Wins over this: --max-frames.
        frames: \(standard.limits.maximumFrames)

        # Seconds that reading a file, or one image of it, may take. Wins over this: --timeout.
        timeout: \(Int(standard.timeout / .seconds(1)))

        # Seconds that files in hand may go on once the run is to stop. Wins over this: --grace.
        grace: \(Int(standard.grace / .seconds(1)))

        # Memory of a worker, such as 4G, at least 256M. Default: the machine's, shared out.
        # Wins over this: --memory.
        memory: default

        # Worker processes. Default: the processors that may be used.
        # Wins over this: --jobs, IMGDX_THREADS.
        jobs: default

      """
  }
}
