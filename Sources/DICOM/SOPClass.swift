/// Names for objects that hold no image, so that a refusal can say what the file is (PS3.4 annex B).
enum SOPClass {
  static let mediaStorageDirectory = "1.2.840.10008.1.3.10"
  static let secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"
  static let ultrasoundImage = "1.2.840.10008.5.1.4.1.1.6.1"
  static let ultrasoundMultiframe = "1.2.840.10008.5.1.4.1.1.3.1"
  static let multiframeGrayscaleByteSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7.2"
  static let multiframeGrayscaleWordSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7.3"
  static let multiframeTrueColorSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7.4"

  /// X-ray angiographic, radiofluoroscopic and (retired) biplane angiographic images.
  static let angiography = Set(["1", "2", "3"].map { storage + "12." + $0 })

  /// "a basic text structured report", nil for classes that hold images and unknown ones.
  static func kindWithoutImage(_ uid: String) -> String? {
    if let kind = kinds[uid] { return kind }
    return families.first { uid.hasPrefix(storage + $0.prefix) }?.kind
  }

  private static let storage = "1.2.840.10008.5.1.4.1.1."

  private static let families: [(prefix: String, kind: String)] = [
    ("88.", "a structured report"), ("9.", "a waveform"),
    ("11.", "a presentation state"), ("104.1", "an encapsulated PDF document"),
    ("104.2", "an encapsulated CDA document"), ("104.", "an encapsulated 3D model"),
    ("66.5", "a surface segmentation"), ("66.6", "a tractography result"),
    ("66", "raw data, a registration or fiducials"), ("68.", "a surface scan"),
    ("78.", "an ophthalmic measurement"), ("79.1", "a macular grid thickness report"),
    ("80.1", "a visual field measurement"), ("81.1", "an ophthalmic thickness map"),
    ("91.1", "a microscopy annotation"),
  ]

  private static let kinds: [String: String] = [
    mediaStorageDirectory: "a DICOMDIR, the index of a set of files; give it the files themselves",
    storage + "4.2": "an MR spectroscopy measurement",
    storage + "67": "a real world value mapping",
    storage + "481.3": "an RT structure set", storage + "481.4": "an RT beams treatment record",
    storage + "481.5": "an RT plan", storage + "481.6": "an RT brachytherapy treatment record",
    storage + "481.7": "an RT treatment summary record", storage + "481.8": "an RT ion plan",
    storage + "481.9": "an RT ion beams treatment record",
    storage + "481.10": "an RT physician intent", storage + "481.11": "an RT segment annotation",
    "1.2.840.10008.5.1.4.34.7": "an RT beams delivery instruction",
    "1.2.840.10008.5.1.4.38.1": "a hanging protocol",
    "1.2.840.10008.5.1.4.39.1": "a colour palette",
    "1.2.840.10008.5.1.4.43.1": "a generic implant template",
    "1.2.840.10008.5.1.4.31": "a modality worklist entry",
  ]
}
