// Protects how an error becomes the exit code of the program, and the checks that all verbs share. Source:
// docs/operating.md, "Exit codes".
#include <strata/cli/terminal.hpp>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using ::testing::HasSubstr;

/// Returns the exit code of a verb that ends with `status`, and what it prints.
std::pair<int, std::string> ends_with(const Status& status) {
    ::testing::internal::CaptureStderr();
    const int code = exit_code_of(status);
    return {code, ::testing::internal::GetCapturedStderr()};
}

TEST(ExitCode, says_how_a_verb_ended) {
    EXPECT_EQ(ends_with({}), std::pair(0, std::string()));
    EXPECT_EQ(ends_with(fail(Errc::invalid_argument, "a wrong option")), std::pair(2, std::string("a wrong option\n")));
    EXPECT_EQ(ends_with(fail(Errc::cancelled, "stopped")).first, 130);
    for (const auto code : {Errc::io, Errc::malformed, Errc::verification, Errc::not_found, Errc::no_space, Errc::busy,
                            Errc::internal, Errc::missing_block, Errc::unsupported, Errc::too_large})
        EXPECT_EQ(ends_with(fail(code, "why")), std::pair(1, std::string("why\n")));
}

TEST(RegularFile, devices_folders_and_what_is_missing_are_told_apart) {
    const strata::testing::TempFolder folder;
    std::ofstream(folder / "file") << "x";
    std::filesystem::create_symlink(folder / "file", folder / "link");
    std::filesystem::create_symlink(folder / "nowhere", folder / "dangling");
    EXPECT_TRUE(check_regular_file("--file", folder / "file"));
    EXPECT_TRUE(check_regular_file("--file", folder / "link"));
    const auto refused = [](const std::filesystem::path& path) {
        const auto status = check_regular_file("--file", path);
        EXPECT_EQ(status.error().code(), Errc::invalid_argument);
        return status.error().message();
    };
    for (const auto& path : {folder.path(), std::filesystem::path("/dev/null")})
        EXPECT_EQ(refused(path), "--file " + path.string() + ": this is not a regular file");
    for (const auto& path : {folder / "missing", folder / "dangling", folder / "file" / "below"})
        EXPECT_EQ(refused(path), "--file " + path.string() + ": there is no such file");
}

// The sizes with which Lotus' 2k network seals (lotus build/buildconstants/params_2k.go).
TEST(LocalSectorSize, is_one_of_two) {
    EXPECT_EQ(*local_sector_size("2KiB"), 2048U);
    EXPECT_EQ(*local_sector_size("8MiB"), 8U << 20);
    for (const char* text : {"", "2", "2KB", "512MiB", "32GiB", "64GiB", "-2KiB"}) {
        const auto size = local_sector_size(text);
        ASSERT_FALSE(size) << text;
        EXPECT_EQ(size.error().code(), Errc::invalid_argument);
        EXPECT_THAT(size.error().message(), HasSubstr("2KiB or 8MiB"));
    }
}

}  // namespace
}  // namespace strata::cli
