import AccessControl
import SFTPProtocol
import ServerFiles
import WireFormat

extension SFTPServer {
    /// SSH_FXP_READ: full length unless the file ends; content goes straight into the reply.
    mutating func read(
        _ request: Request.Read,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let handle = try handles.file(request.handle)
        try require(.readContent, on: handle.path)
        guard handle.access.contains(.reading) else { throw .notOpenForReading }
        let wanted = min(Int(request.length), ProtocolLimits.readLength)
        let packet = output.beginReply(.data, to: id)
        let lengthPosition = output.bytes.count
        output.uint32(0)
        let count = try handle.read(appendingTo: &output.bytes, count: wanted, at: request.offset)
        guard count > 0 || wanted == 0 else { throw .endOfFile }
        output.overwriteUInt32(UInt32(clamping: count), at: lengthPosition)
        output.endReply(packet)
        meter.read(count)
    }

    /// SSH_FXP_WRITE: all of it or an error.
    mutating func write(
        _ request: Request.Write,
        _ data: Span<UInt8>,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let handle = try handles.file(request.handle)
        try require(.writeContent, on: handle.path, onOwnCreation: handle.isOwnCreation)
        guard handle.access.contains(.writing) else { throw .notOpenForWriting }
        try handle.write(data, at: request.offset)
        meter.wrote(data.count)
        output.done(id)
    }

    /// fsync@openssh.com.
    mutating func synchronize(
        _ handle: Handle?,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let handle = try handles.file(handle)
        try require(.synchronize, on: handle.path, onOwnCreation: handle.isOwnCreation)
        try handle.synchronize()
        output.done(id)
    }
}
