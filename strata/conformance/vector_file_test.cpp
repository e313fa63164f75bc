// What is not whole is said to be damaged, and never ends the program.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include <strata/conformance/suite.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

class DamagedFile : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("strata-damaged-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    std::string why(const std::string& name, const std::string& content) {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        Report report;
        run_file(VectorFile(folder_ / name), report);
        if (report.outcomes().size() != 1) return std::to_string(report.outcomes().size()) + " outcomes";
        const auto& [_, verdict, why] = report.outcomes()[0];
        return verdict == Outcome::Verdict::failed ? why : "not failed";
    }
    fs::path folder_;
};

TEST_F(DamagedFile, PackedWrongly) {
    EXPECT_EQ(why("a.car.zst", "no zstd"), "Unknown frame descriptor");
    // The frame of "strata" (zstd 1.5.4), without its last bytes.
    const std::string frame("\x28\xb5\x2f\xfd\x04\x58\x31\x00\x00strata", 15);
    EXPECT_EQ(why("b.car.zst", frame), "the packed data ends too early");
    EXPECT_EQ(why("c.json.gz", std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x2b", 11)),
              "the packed data ends too early");
    EXPECT_EQ(why("d.car", ""), "truncated");
}

TEST_F(DamagedFile, NoJson) {
    EXPECT_EQ(why("a.json", "{\"cases\": [{"), "damaged: this is no JSON");
}

// Members that a suite counts on are not there, or are of another kind.
TEST_F(DamagedFile, OtherJson) {
    EXPECT_TRUE(why("a.json", R"({"_meta": {}, "class": "sequence", "apply_messages": []})").starts_with("damaged: "));
    EXPECT_TRUE(why("b.json", R"({"algorithm": 1, "testGroups": 2})").contains("type_error"));
    EXPECT_EQ(VectorFile(folder_ / "none").problem(), "cannot be opened");
}

}  // namespace
}  // namespace strata::conformance
