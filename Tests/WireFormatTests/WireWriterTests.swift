import Testing
import WireFormat

@Suite("Writing primitives")
struct WireWriterTests {
    @Test("Every primitive has the bytes that RFC 4251 gives it")
    func primitives() {
        var writer = WireWriter(capacity: 64)
        writer.byte(0x7F)
        writer.boolean(true)
        writer.boolean(false)
        writer.uint32(699_921_578)
        writer.uint64(0x0102_0304_0506_0708)
        writer.string([0xFF])
        writer.string("ab" as ByteString)
        writer.text("é")
        #expect(
            writer.bytes == [
                0x7F,
                0x01,
                0x00,
                0x29, 0xB7, 0xF4, 0xAA,
                0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                0x00, 0x00, 0x00, 0x01, 0xFF,
                0x00, 0x00, 0x00, 0x02, 0x61, 0x62,
                0x00, 0x00, 0x00, 0x02, 0xC3, 0xA9,
            ]
        )
    }

    @Test("A number written early can be replaced later")
    func overwriting() {
        var writer = WireWriter()
        writer.byte(1)
        writer.uint32(0)
        writer.byte(2)
        writer.overwriteUInt32(0xAABB_CCDD, at: 1)
        #expect(writer.bytes == [1, 0xAA, 0xBB, 0xCC, 0xDD, 2])
    }
}
