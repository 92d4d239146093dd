internal import Files

/// The parts of a DICOM file (PS3.10 section 7): preamble, file meta information, data set.
///
/// The standard's parts may be missing: files without preamble, or of a bare data set, are read too,
/// and an encoding other than the declared one is recognised.
struct FileContents {
  let dataSet: DataSet
  let transferSyntax: TransferSyntax
  let mediaStorageSOPClassUID: String?
  let warnings: [String]

  init(_ source: FileBytes, limits: DICOMLimits) throws(DICOMError) {
    guard let start = FileContents.start(of: source) else { throw .notDICOM }
    var warnings = FileContents.remarksOnPreamble(source, start: start)
    let meta = try FileContents.metaInformation(source, at: start)
    mediaStorageSOPClassUID = meta.dataSet.text(.mediaStorageSOPClassUID)
    let declared = meta.dataSet.text(.transferSyntaxUID).map { TransferSyntax(uid: $0) }
    let isPlain = FileContents.isPlausibleDataSet(source, at: meta.end)
    if let declared, declared.isDeflated, !isPlain {
      let inflated = try FileContents.inflate(source, from: meta.end, limits: limits)
      let parser = DataSetParser(source: inflated)
      dataSet = try parser.level(0..<inflated.count, .explicitLittle).data
      transferSyntax = declared
    } else {
      let parser = DataSetParser(source: source)
      let found = FileContents.encoding(of: source, at: meta.end, declared: declared?.encoding)
      let encoding = found ?? declared?.encoding ?? .implicitLittle
      if let declared, declared.isDeflated || declared.encoding != encoding {
        warnings.append("the data set is not encoded as \(declared.name), which the file declares")
      }
      dataSet = try parser.level(meta.end..<source.count, encoding).data
      transferSyntax = declared ?? FileContents.native(encoding)
    }
    self.warnings = warnings
  }

  /// True where the bytes look like DICOM.
  static func isRecognised(_ source: FileBytes) -> Bool { start(of: source) != nil }

  /// Where the file meta information or the bare data set starts.
  private static func start(of source: FileBytes) -> Int? {
    let magic: UInt32 = 0x4D43_4944  // "DICM"
    if source.integer(UInt32.self, at: 128) == magic { return 132 }
    if source.integer(UInt32.self, at: 0) == magic { return 4 }
    if isPlausibleDataSet(source, at: 0) { return 0 }
    // A preamble of zeros whose magic word was forgotten.
    let hasPreamble = source.bytes(0..<128).allSatisfy { $0 == 0 }
    return hasPreamble && isPlausibleDataSet(source, at: 128) ? 128 : nil
  }

  /// A bare data set starts with an element of a low group with a length that fits.
  private static func isPlausibleDataSet(_ source: FileBytes, at start: Int) -> Bool {
    let parser = DataSetParser(source: source)
    guard let encoding = encoding(of: source, at: start),
      let header = parser.header(at: start, end: source.count, encoding)
    else { return false }
    let isFirstGroup = [2, 4, 8].contains(header.tag.group) && header.tag.element <= 0x2000
    let length = header.length ?? 0
    guard isFirstGroup, length <= 1 << 16 else { return false }
    if header.vr != nil || header.tag.element <= 0x0018 { return true }
    // Without a VR and an element that most data sets start with, the next one must fit too.
    let next = parser.header(at: header.start + length, end: source.count, encoding)
    return next.map { $0.tag > header.tag && $0.tag.group <= 0x28 && $0.length ?? 0 <= 1 << 16 }
      ?? false
  }

  /// Tells the encoding from the first element, nil where there is none.
  private static func encoding(
    of source: FileBytes, at offset: Int, declared: Encoding? = nil
  ) -> Encoding? {
    guard let little = source.integer(UInt16.self, at: offset),
      let first = source.byte(at: offset + 4), let second = source.byte(at: offset + 5),
      source.count >= offset + 8
    else { return nil }
    // The first group is small: read in the wrong order it is a multiple of 256. A declared order
    // is doubted only where the other one gives a group that data sets start with.
    let isSmallerInBig = little != 0 && little.byteSwapped < little
    let isBig =
      switch declared?.isBigEndian {
      case nil: isSmallerInBig
      case false?: isSmallerInBig && little.byteSwapped <= 0x20
      case true?: isSmallerInBig || little > 0x20
      }
    let isExplicit = VR(first, second).isKnown
    return Encoding(isExplicit: isExplicit, isBigEndian: isBig)
  }

  private static func native(_ encoding: Encoding) -> TransferSyntax {
    switch encoding {
    case .implicitLittle: .implicitLittle
    case .explicitBig: .explicitBig
    default: .explicitLittle
    }
  }

  /// Reads group 2, which is explicit little endian and tells nothing of its length that matters.
  private static func metaInformation(_ source: FileBytes, at start: Int) throws(DICOMError)
    -> (dataSet: DataSet, end: Int)
  {
    let parser = DataSetParser(source: source)
    var elements = [Element]()
    var offset = start
    while let header = parser.header(at: offset, end: source.count, .explicitLittle),
      header.tag.group == 2
    {
      guard let length = header.length, length <= source.count - header.start else {
        throw .truncated(header.tag)
      }
      let value = header.start..<(header.start + length)
      elements.append(
        Element(tag: header.tag, vr: header.vr, value: value, isUndefinedLength: false))
      offset = value.upperBound
    }
    let dataSet = DataSet(
      source: source, encoding: .explicitLittle, elements: elements, range: start..<offset,
      isWhole: true)
    return (dataSet, offset)
  }

  /// A preamble may hold another format's header: harmless for TIFF, a known trick for
  /// programs (CVE-2019-11687).
  private static func remarksOnPreamble(_ source: FileBytes, start: Int) -> [String] {
    guard start == 132 else { return [] }
    let starts: [(bytes: [UInt8], name: String)] = [
      (Array("MZ".utf8), "a Windows program"), ([0x7F] + Array("ELF".utf8), "a Linux program"),
      (Array("#!".utf8), "a script"), ([0xCF, 0xFA, 0xED, 0xFE], "a macOS program"),
      ([0xCE, 0xFA, 0xED, 0xFE], "a macOS program"), ([0xCA, 0xFE, 0xBA, 0xBE], "a macOS program"),
      (Array("PK".utf8), "an archive"), (Array("%PDF".utf8), "a PDF document"),
      (Array("<".utf8), "a web page or XML document"),
    ]
    let preamble = source.bytes(0..<128)
    guard let found = starts.first(where: { preamble.starts(with: $0.bytes) }) else { return [] }
    return ["the file's preamble is the start of \(found.name); treat it with care"]
  }

  private static func inflate(_ source: FileBytes, from offset: Int, limits: DICOMLimits)
    throws(DICOMError) -> FileBytes
  {
    var start = offset
    // Some writers keep zlib's two-byte header, which is no start of a deflate stream.
    if let header = source.integer(UInt16.self, at: offset, bigEndian: true), header >> 8 == 0x78,
      header % 31 == 0
    {
      start += 2
    }
    let count = max(source.count - start, 0)
    let most = min(limits.maximumBytes, max(limits.unsuspectedBytes, count * limits.maximumRatio))
    do throws(InflateError) {
      let outcome = source.withUnsafeBytes { bytes in
        Result { () throws(InflateError) in
          try inflated(
            UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - count)...]), maximumBytes: most)
        }
      }
      return try outcome.get()
    } catch {
      switch error {
      case .tooLarge where most < limits.maximumBytes:
        throw .exceedsLimit(
          what: "the inflated data set is more than \(limits.maximumRatio) times its deflated size")
      case .tooLarge:
        throw .exceedsLimit(
          what: "the inflated data set has more than \(limits.maximumBytes) bytes")
      case .truncated: throw .malformed(reason: "its deflated data set ends early")
      case .damaged: throw .malformed(reason: "its deflated data set is damaged")
      }
    }
  }
}
