import CCrypt

/// The two calls into libcrypt, with every buffer that held a secret wiped.
enum LibraryCrypt {
    /// Hashes `password` as `setting` says; nil when libcrypt refuses.
    ///
    /// The password must not contain a zero byte.
    static func hash(_ password: [UInt8], setting: String) -> [UInt8]? {
        var phrase = password.map { CChar(bitPattern: $0) } + [0]
        defer {
            // SAFETY: the array's own size bounds the write.
            unsafe phrase.withUnsafeMutableBytes { unsafe ccrypt_wipe($0.baseAddress, $0.count) }
        }
        // Its 32 KiB are too much for a worker's stack.
        let work = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        let size = MemoryLayout<crypt_data>.size
        // SAFETY: the memory is this function's own, of this size, and freed only after the last use.
        unsafe ccrypt_wipe(work, size)
        defer {
            unsafe ccrypt_wipe(work, size)
            unsafe work.deallocate()
        }
        // SAFETY: both strings end with a zero byte and live across the call; the result lies in
        // `work` and is copied before that is freed.
        guard let output = unsafe crypt_r(phrase, setting, work) else { return nil }
        let bytes = unsafe Array(String(cString: output).utf8)
        return bytes.first == UInt8(ascii: "*") ? nil : bytes
    }

    /// A new yescrypt setting with a salt from the kernel; nil when libcrypt refuses.
    static func yescryptSetting(cost: Int) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let size = Int32(buffer.count)
        // SAFETY: the buffer's own size goes with it; without random bytes libcrypt takes its own.
        let setting = unsafe crypt_gensalt_rn("$y$", UInt(cost), nil, 0, &buffer, size)
        guard unsafe setting != nil else { return nil }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }
}
