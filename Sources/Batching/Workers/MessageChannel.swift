private import Foundation

/// Messages over a stream: four bytes of length, most significant first, then JSON.
enum MessageChannel {
  /// A hundred thousand output hashes fit; more is a broken stream.
  private static let largest = 1 << 26

  static func encode(_ message: some Encodable) throws -> [UInt8] {
    let json = try JSONEncoder().encode(message)
    var length = UInt32(clamping: json.count).bigEndian
    return withUnsafeBytes(of: &length) { Array($0) } + json
  }

  /// Writes a message whole, waiting as long as that takes.
  static func send(_ message: some Encodable, to descriptor: Int32) throws {
    let bytes = try encode(message)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw ChannelError.closed }
      sent += count
    }
  }

  /// Waits for a message; nil when the other side has ended.
  static func receive<Message: Decodable>(_ type: Message.Type, from descriptor: Int32) throws
    -> Message?
  {
    var buffer = MessageBuffer()
    while true {
      if let message = try buffer.next(type) { return message }
      var piece = [UInt8](repeating: 0, count: buffer.missing)
      let count = read(descriptor, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      buffer.append(piece[..<count])
    }
  }

  static func length(_ bytes: ArraySlice<UInt8>) throws -> Int {
    let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    guard length <= largest else { throw ChannelError.broken }
    return length
  }
}

/// Why no message can be passed.
enum ChannelError: Error, Equatable {
  case closed
  case broken
}

/// Bytes of a stream until they are whole messages.
struct MessageBuffer {
  private var bytes: [UInt8] = []
  private var start = 0

  mutating func append(_ more: ArraySlice<UInt8>) {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes += more
  }

  /// How many bytes the message that has begun still needs, at least.
  var missing: Int {
    let have = bytes.count - start
    guard have >= 4 else { return 4 - have }
    return max(4 + ((try? MessageChannel.length(bytes[start...])) ?? 0) - have, 1)
  }

  /// The next whole message, nil when there is none yet.
  mutating func next<Message: Decodable>(_ type: Message.Type) throws -> Message? {
    guard bytes.count - start >= 4 else { return nil }
    let length = try MessageChannel.length(bytes[start...])
    guard bytes.count - start - 4 >= length else { return nil }
    let body = Data(bytes[(start + 4)..<(start + 4 + length)])
    start += 4 + length
    do {
      return try JSONDecoder().decode(type, from: body)
    } catch {
      throw ChannelError.broken
    }
  }
}
