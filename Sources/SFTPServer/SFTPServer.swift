package import AccessControl
import LinuxSystem
package import SFTPProtocol
package import ServerFiles
package import WireFormat

/// Answers one channel's requests: what the policy allows, on one server's files.
///
/// Every request gets exactly one reply, in the order of the requests. Every request, and every
/// READ and WRITE on an open handle, is decided by the policy.
package struct SFTPServer: ~Copyable {
    let root: ServerRoot
    /// Decides every request; another one decides those that come after it was set.
    package var policy: FilePolicy
    let linkOrder: LinkOrder
    var handles: HandleTable
    var record = ActivityRecord()
    let creations: OwnCreations
    let meter: any RequestMeter
    /// The file that an upload is to replace, until another request names it.
    var announcedReplacement: VirtualPath?
    private var isInitialized = false
    /// What the last request began and is not complete, with that request's id.
    private var undertaking: (work: any Undertaking, id: UInt32)?

    /// Milliseconds of work after which others have their turn.
    private static let share: Int64 = 20

    /// Serves the files beneath `root`; the channels of one session share `creations` and `meter`.
    package init(
        root: consuming ServerRoot,
        policy: FilePolicy,
        creations: OwnCreations,
        meter: any RequestMeter,
        options: SFTPServerOptions
    ) {
        self.root = root
        self.policy = policy
        self.creations = creations
        self.meter = meter
        linkOrder = LinkOrder(clientVersion: options.clientVersion)
        handles = HandleTable(limit: options.handleLimit)
    }

    /// Whether a request is being worked on that `answer` left unanswered.
    package var isBusy: Bool { undertaking != nil }

    /// Answers the packets in `input` until none is complete or `output` has `outputLimit` bytes.
    ///
    /// It returns before that, too, once it has taken its share of time, and after each piece of a
    /// request that takes long; `isBusy` says whether such a request is under way. One reply may
    /// pass the limit, by at most 256 KiB. After a failure the channel must be closed; replies made
    /// before it are in `output`.
    package mutating func answer(
        _ input: inout PacketBuffer,
        into output: inout WireWriter,
        outputLimit: Int
    ) throws(SFTPFailure) {
        let deadline = MonotonicTime.now.advanced(by: Self.share)
        while output.bytes.count < outputLimit, MonotonicTime.now < deadline {
            if undertaking != nil { return advanceUndertaking(into: &output) }
            do throws(FramingError) {
                guard try input.checkPacket() else { return }
            } catch {
                throw .framing(error)
            }
            try answer(input.packet, into: &output)
            input.removePacket()
        }
    }

    /// What was done and denied since the last call, in order.
    ///
    /// A transfer appears when its handle is closed, reading and writing apart. A denial repeated
    /// without anything in between appears once.
    package mutating func takeActivities() -> [FileActivity] {
        record.take()
    }

    /// Ends the session: records transfers under way and closes everything.
    package mutating func closeAll() {
        undertaking = nil
        abandonReplacement()
        for open in handles.removeAll() {
            guard case .file(let file) = open else { continue }
            recordTransfers(of: file)
        }
    }

    private mutating func answer(
        _ packet: Span<UInt8>,
        into output: inout WireWriter
    ) throws(SFTPFailure) {
        let decoded: ClientPacket
        do throws(WireError) {
            decoded = try ClientPacket(decoding: packet)
        } catch {
            throw .framing(.tooShort(length: packet.count))
        }
        if case .initialize = decoded {
            guard !isInitialized else { throw .repeatedInitialization }
            isInitialized = true
            output.version(offering: offeredExtensions)
            return meter.initialized()
        }
        guard isInitialized else { throw .requestBeforeInitialization }
        switch decoded {
        case .initialize: return
        case .malformed(let id, let error):
            output.status(.badMessage, "Bad message: \(error)", to: id)
        case .unsupported(let id):
            output.status(.operationUnsupported, "This operation is not supported", to: id)
        case .request(let id, let request):
            answer(request, id, packet, into: &output)
        }
        if undertaking == nil { meter.answered() }
    }

    private mutating func answer(
        _ request: Request,
        _ id: UInt32,
        _ packet: Span<UInt8>,
        into output: inout WireWriter
    ) {
        let start = output.bytes.count
        do throws(Refusal) {
            try perform(request, id, packet, into: &output)
        } catch {
            // Whatever was begun gives way to the one reply.
            output.bytes.removeLast(output.bytes.count &- start)
            let status = error.status
            output.status(status.code, status.text, to: id)
        }
    }

    /// Begins what will be answered once it is complete.
    mutating func undertake(_ work: any Undertaking, _ id: UInt32) {
        undertaking = (work, id)
    }

    /// Does a piece of what is under way and answers it when that was the last.
    private mutating func advanceUndertaking(into output: inout WireWriter) {
        guard let (work, id) = undertaking else { return }
        do throws(Refusal) {
            guard try work.advance() else { return meter.advanced() }
            work.reply(to: id, into: &output)
        } catch {
            let status = error.status
            output.status(status.code, status.text, to: id)
        }
        undertaking = nil
        meter.answered()
    }

    private mutating func perform(
        _ request: Request,
        _ id: UInt32,
        _ packet: Span<UInt8>,
        into output: inout WireWriter
    ) throws(Refusal) {
        switch request {
        case .open(let request): try open(request, id, into: &output)
        case .close(let handle): try close(handle, id, into: &output)
        case .read(let request): try read(request, id, into: &output)
        case .write(let request):
            try write(request, packet.extracting(request.data), id, into: &output)
        case .linkStatus(let path): try linkStatus(path, id, into: &output)
        case .stat(let path): try stat(path, id, into: &output)
        case .fileStatus(let handle): try fileStatus(handle, id, into: &output)
        case .setStatus(let path, let attributes):
            try setStatus(path, attributes, isFollowing: true, id, into: &output)
        case .setFileStatus(let handle, let attributes):
            try setFileStatus(handle, attributes, id, into: &output)
        case .openDirectory(let path): try openDirectory(path, id, into: &output)
        case .readDirectory(let handle): try readDirectory(handle, id, into: &output)
        case .remove(let path): try remove(path, id, into: &output)
        case .makeDirectory(let path, let attributes):
            try makeDirectory(path, attributes, id, into: &output)
        case .removeDirectory(let path): try removeDirectory(path, id, into: &output)
        case .realPath(let path): try realPath(path, id, into: &output)
        case .rename(let request): try rename(request, id, into: &output)
        case .posixRename(let request): try replace(request, id, into: &output)
        case .readLink(let path): try readLink(path, id, into: &output)
        case .symbolicLink(let request): try makeSymbolicLink(request, id, into: &output)
        case .fileSystemStatus(let path): try fileSystemStatus(path, id, into: &output)
        case .handleFileSystemStatus(let handle):
            try handleFileSystemStatus(handle, id, into: &output)
        case .hardLink(let request): try makeHardLink(request, id, into: &output)
        case .synchronize(let handle): try synchronize(handle, id, into: &output)
        case .setLinkStatus(let path, let attributes):
            try setStatus(path, attributes, isFollowing: false, id, into: &output)
        case .limits: output.limits(handles: UInt64(handles.limit), to: id)
        case .expandPath(let path): try expandPath(path, id, into: &output)
        case .copyData(let request): try copyData(request, id)
        case .homeDirectory: output.name(ByteString(VirtualPath.root.absolute), to: id)
        case .usersAndGroups(let userCount, let groupCount):
            output.usersAndGroups(
                userCount: userCount,
                userName: OwnerNames.user,
                groupCount: groupCount,
                groupName: OwnerNames.group,
                to: id
            )
        case .checkFile(let request): try checkFile(request, id)
        }
    }
}
