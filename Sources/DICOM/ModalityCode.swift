/// The values that Modality (0008,0060) is defined to have.
enum ModalityCode {
  /// PS3.3 C.7.3.1.1.1, the retired ones too.
  static let defined = Set(
    """
    ANN AR AS ASMT AU BDUS BI BMD CD CF CFM CP CR CS CT CTPROTOCOL DD DF DG DM DMS DOC DS DX EC ECG EEG
    EMG EOG EPS ES FA FID FS GM HC HD IO IOL IVOCT IVUS KER KO LEN LP LS M3D MA MG MR MS NM OAM OCT OP
    OPM OPR OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTINTENT
    RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SC SEG SM SMR SR SRF ST STAIN TEXTUREMAP TG US VA VF
    VL XA XAPROTOCOL XC
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}

extension DataSet {
  /// Modality, where it is a defined term. Anything else may be a name that strayed in, and results
  /// show the modality.
  var modality: String? {
    text(.modality).flatMap { ModalityCode.defined.contains($0) ? $0 : nil }
  }
}
