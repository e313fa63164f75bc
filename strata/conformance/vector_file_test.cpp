// Tests that a file that is damaged, empty or unknown is a failed case with its reason, and never ends the program.
#include <gtest/gtest.h>
#include <fstream>

#include <strata/conformance/suite.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

class DamagedFile : public ::testing::Test {
  protected:
    std::string why(const std::string& name, const std::string& content) {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return why_of(folder_ / name);
    }
    static std::string why_of(const fs::path& path) {
        Report report;
        run_file(VectorFile(path), report);
        if (report.outcomes().size() != 1) return std::to_string(report.outcomes().size()) + " outcomes";
        const auto& [_, verdict, why] = report.outcomes()[0];
        return verdict == Outcome::Verdict::failed ? why : "not failed";
    }
    testing::TempFolder folder_;
};

TEST_F(DamagedFile, PackedWrongly) {
    // The file is not packed whatever its name says, so it is read as a plain CAR.
    EXPECT_EQ(why("a.car.zst", "no zstd"), "CAR: the data ends inside a section");
    // This is the frame of "strata" (zstd 1.5.4) without its last bytes.
    const std::string frame("\x28\xb5\x2f\xfd\x04\x58\x31\x00\x00strata", 15);
    EXPECT_TRUE(why("b.car.zst", frame).ends_with("b.car.zst: the packed data end too early; fetch the file again"));
    EXPECT_TRUE(why("c.json", std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x2b", 11))
                    .ends_with("c.json: the packed data end too early; fetch the file again"));
}

TEST_F(DamagedFile, EmptyOrUnknown) {
    EXPECT_EQ(why("d.car", ""), "CAR: the data is empty");
    EXPECT_EQ(why("e.json", "{}"), "no suite knows this format; name the files or folders that hold vectors");
    EXPECT_EQ(why("f.bin", "text"), "no suite knows this format; name the files or folders that hold vectors");
    EXPECT_EQ(why_of("/dev/zero"), "/dev/zero: is a device, expected a file");
    EXPECT_EQ(why_of("/"), "/: is a folder, expected a file");
}

// The packing is detected from the content; the name is read without its ending.
TEST_F(DamagedFile, PackedFileIsFoundByItsPlainName) {
    std::ofstream(folder_ / "g.json.zst", std::ios::binary) << "{}";
    const VectorFile file(folder_ / "g.json");
    EXPECT_EQ(file.name(), "g.json");
    EXPECT_EQ(file.extension(), ".json");
    EXPECT_EQ(file.text(), "{}");
    EXPECT_EQ(file.path(), folder_ / "g.json.zst");
}

TEST_F(DamagedFile, NoJson) {
    EXPECT_EQ(why("a.json", "{\"cases\": [{"), "damaged: this is not JSON");
}

// The members that a suite needs are missing, or have the wrong type.
TEST_F(DamagedFile, OtherJson) {
    EXPECT_TRUE(why("a.json", R"({"_meta": {}, "class": "sequence", "apply_messages": []})").starts_with("damaged: "));
    EXPECT_TRUE(why("b.json", R"({"algorithm": 1, "testGroups": 2})").contains("type_error"));
    EXPECT_TRUE(VectorFile(folder_ / "none").problem().ends_with("/none: there is no such file"));
}

}  // namespace
}  // namespace strata::conformance
