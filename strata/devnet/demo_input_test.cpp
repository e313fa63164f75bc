#include <strata/devnet/demo_input.hpp>

#include <gtest/gtest.h>

#include <fstream>

#include <strata/testing/temp_folder.hpp>

namespace strata::devnet {
namespace {

TEST(DemoInput, a_file_is_missing_or_not_plain) {
    const testing::TempFolder folder;
    // Both are wrong usage (docs/operating.md, exit code 2).
    EXPECT_EQ(readable_file_size(folder / "nothing").error().code(), Errc::invalid_argument);
    EXPECT_EQ(readable_file_size(folder.path()).error().code(), Errc::invalid_argument);
    std::ofstream(folder / "empty").flush();
    EXPECT_EQ(*readable_file_size(folder / "empty"), 0U) << "an empty file is one block of no bytes";
    std::ofstream(folder / "some") << "12345";
    EXPECT_EQ(*readable_file_size(folder / "some"), 5U);
}

TEST(DemoInput, small_files_get_small_sectors) {
    EXPECT_EQ(smallest_sector(1), 2048U);
    EXPECT_EQ(smallest_sector(1325), 2048U);
    EXPECT_EQ(smallest_sector(2032), 8U << 20);
    EXPECT_EQ(smallest_sector(20'000'000), 8U << 20);
}

TEST(DemoInput, a_disk_that_is_too_small_is_named) {
    const auto much = check_disk_space("/tmp/strata-not-there", std::uint64_t{1} << 60);
    ASSERT_FALSE(much);
    EXPECT_EQ(much.error().code(), Errc::io);
    EXPECT_NE(much.error().message().find("/tmp"), std::string::npos);
    EXPECT_TRUE(check_disk_space("/tmp/strata-not-there", 1));
    EXPECT_GT(demo_disk_bytes(20'000'000, 8 << 20), 3U * (8 << 20) * 11) << "eleven layers of three sectors";
}

}  // namespace
}  // namespace strata::devnet
