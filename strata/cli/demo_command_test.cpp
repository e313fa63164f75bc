// Protects what `strata demo` refuses before it makes anything: a wrong file, sector size or folder must cost nobody
// minutes of sealing. Source: docs/operating.md (exit codes).
#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using testing::expect_refusal;
using testing::kSaysUsage;

class DemoVerb : public testing::Program {
  protected:
    std::vector<std::string> demo(std::vector<std::string> words) const {
        words.insert(words.begin(), {"demo", "--folder", path("net"), "--params", path("keys")});
        return words;
    }
    void expect_nothing_was_made() const {
        EXPECT_FALSE(std::filesystem::exists(path("net") + "/network.json"));
        EXPECT_FALSE(std::filesystem::exists(path("keys")));
    }
};

TEST_F(DemoVerb, the_file_must_be_a_plain_file) {
    for (const auto& bad : {folder_.path().string(), std::string("/dev/zero"), path("missing")})
        expect_refusal(kSaysUsage, demo({"--file", bad}), {"--file " + bad + ": "});
    expect_nothing_was_made();
}

TEST_F(DemoVerb, local_networks_have_sectors_of_two_sizes) {
    const auto file = write("file", "hello");
    for (const char* size : {"32GiB", "64GiB", "512MiB", "3KiB", "2048", "2kib "}) {
        expect_refusal(kSaysUsage, demo({"--file", file, "--sector", size}),
                       {std::string("--sector ") + size, "2KiB or 8MiB"});
    }
    expect_nothing_was_made();
}

// A sector of 2 KiB holds 2,032 bytes (127 of 128), and a file comes as a CAR with blocks around it, which is larger.
TEST_F(DemoVerb, a_file_that_the_sector_cannot_hold_is_refused_with_the_size_that_can) {
    for (const std::size_t size : {2032U, 2033U, 10'000U}) {
        const auto file = write("file", std::string(size, 'x'));
        expect_refusal(kSaysUsage, demo({"--file", file, "--sector", "2KiB"}), {"--sector 2KiB", "8MiB"});
    }
    expect_nothing_was_made();
}

}  // namespace
}  // namespace strata::cli
