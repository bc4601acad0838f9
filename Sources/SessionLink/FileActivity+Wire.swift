import AccessControl
import WireFormat

extension FileActivity {
    func encode(into writer: inout WireWriter) {
        writer.byte(operation.rawValue)
        writer.string(path)
        writer.boolean(secondPath != nil)
        if let secondPath { writer.string(secondPath) }
        writer.uint64(byteCount)
        switch outcome {
        case .done: writer.text("")
        case .denied(let right): writer.text(right.rawValue)
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        guard let operation = FileOperation(rawValue: try reader.byte("operation")) else {
            throw .invalid(field: "operation")
        }
        let path = try reader.string("path", limit: LinkLimits.pathLength)
        let hasSecondPath = try reader.boolean("second path")
        let secondPath =
            hasSecondPath ? try reader.string("second path", limit: LinkLimits.pathLength) : nil
        let byteCount = try reader.uint64("byte count")
        let missing = try reader.text("missing right", limit: LinkLimits.textLength)
        let outcome: Outcome
        if missing.isEmpty {
            outcome = .done
        } else {
            guard let right = FileRight(rawValue: missing) else {
                throw .invalid(field: "missing right")
            }
            outcome = .denied(right)
        }
        self.init(
            operation: operation,
            path: path,
            secondPath: secondPath,
            byteCount: byteCount,
            outcome: outcome
        )
    }
}
