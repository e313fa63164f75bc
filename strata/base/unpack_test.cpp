// The packed bytes were made by independent tools: zstd 1.5.4, GNU gzip 1.12.
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/base/unpack.hpp>

namespace strata {
namespace {

std::string text_of_hex(std::string_view hex) {
    return std::string(as_text(from_hex(hex).value()));
}

// The commands are printf strata | zstd -c and printf strata | gzip -nc.
const std::string kZstd = text_of_hex("28b52ffd04583100007374726174619ee28bf0");
const std::string kGzip = text_of_hex("1f8b08000000000000032b2e294a2c490400ffbce3c906000000");

TEST(Unpack, TellsThePackingByTheFirstBytes) {
    EXPECT_EQ(unpack("strata").value(), "strata");
    EXPECT_EQ(unpack("").value(), "");
    EXPECT_EQ(unpack(kZstd).value(), "strata");
    EXPECT_EQ(unpack(kGzip).value(), "strata");
}

// Frames and members may follow one another (RFC 8878 §3.1, RFC 1952 §2.2).
TEST(Unpack, ReadsSeveralFramesAndMembers) {
    EXPECT_EQ(unpack(kZstd + kZstd).value(), "stratastrata");
    EXPECT_EQ(unpack(kGzip + kGzip).value(), "stratastrata");
}

TEST(Unpack, RefusesEveryCutAndWhatFollows) {
    for (std::size_t size = 4; size < kZstd.size(); ++size)
        EXPECT_EQ(unpack(kZstd.substr(0, size)).error().code(), Errc::truncated) << size;
    for (std::size_t size = 2; size < kGzip.size(); ++size)
        EXPECT_EQ(unpack(kGzip.substr(0, size)).error().code(), Errc::truncated) << size;
    EXPECT_EQ(unpack(kZstd + "more").error().code(), Errc::malformed);
    EXPECT_EQ(unpack(kGzip + "more").error().code(), Errc::trailing);
}

// The frames consist of RLE blocks (RFC 8878 §3.1.1.2.2): each four bytes stand for 128 KiB of one byte, so that 80 KB
// would fill more than two gigabytes.
TEST(Unpack, StopsWhereASmallFileWouldFillTheMemory) {
    std::string bomb = text_of_hex("28b52ffd0058");  // window of 2 MiB, no content size
    for (int i = 0; i < 20'000; ++i) bomb += text_of_hex("020010") + "z";
    const auto got = unpack(bomb);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::too_large);
    EXPECT_EQ(got.error().message(),
              "80006 packed bytes unpack to more than the limit of 67108864 bytes; unpack the file with a tool of "
              "your own first");
}

TEST(Unpack, ReadsPlainFilesOnly) {
    EXPECT_EQ(read_unpacked("/dev/zero").error().message(), "/dev/zero: is a device, expected a file");
    EXPECT_EQ(read_unpacked("/").error().message(), "/: is a folder, expected a file");
    EXPECT_EQ(read_unpacked("/none.car").error().message(), "/none.car: there is no such file");
}

}  // namespace
}  // namespace strata
