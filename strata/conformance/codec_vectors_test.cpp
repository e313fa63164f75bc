// Runs the folders of outside vectors for encodings, with the number of cases that each must have. A file that is
// damaged, empty or of an unknown format is a failed case.
#include <gtest/gtest.h>

#include <strata/conformance/suite.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

struct Folder {
    const char* name;
    std::size_t passed;
    std::size_t skipped;
};
// These are skipped: in multiformats the rows of SHA-1, three bases that nothing here uses and a table without answers;
// in wycheproof AES-GCM, a domain separation tag that is not Filecoin's, Bitcoin's rule of low s and the aggregate of
// no signatures; fvm, which needs the official bundles; wasm-instrument,
// which the tests of strata/wasm read.
constexpr Folder kFolders[] = {
    {"ipld", 917, 0},
    {"codec-fixtures", 941, 0},
    {"car", 23, 0},
    {"multiformats", 320, 47},
    {"serialization", 37, 0},
    {"genesis", 6, 0},
    {"wycheproof", 2297, 353},
    {"noise", 1, 0},
    {"fvm", 0, 231},
    {"wasm-instrument", 0, 19},
    {"lotus-devnet/vk", 3, 0},
};

class CodecVectors : public ::testing::TestWithParam<Folder> {};

TEST_P(CodecVectors, AllPass) {
    const auto folder = testing::find_vectors(GetParam().name);
    if (!folder) GTEST_SKIP() << testing::skip_reason(GetParam().name);
    ASSERT_TRUE(fs::is_directory(*folder)) << *folder << " is not a folder of vectors";
    Report report;
    for (const auto& entry : fs::recursive_directory_iterator(*folder))
        if (entry.is_regular_file() && !is_description(entry.path())) run_file(VectorFile(entry.path()), report);
    std::size_t passed = 0;
    std::size_t skipped = 0;
    for (const auto& [name, verdict, why] : report.outcomes()) {
        EXPECT_NE(verdict, Outcome::Verdict::failed) << name << ": " << why;
        passed += verdict == Outcome::Verdict::passed ? 1U : 0U;
        skipped += verdict == Outcome::Verdict::skipped ? 1U : 0U;
    }
    EXPECT_EQ(passed, GetParam().passed);
    EXPECT_EQ(skipped, GetParam().skipped);
}

std::string test_name(const ::testing::TestParamInfo<Folder>& info) {
    std::string name = info.param.name;
    std::erase_if(name, [](char c) { return c == '-' || c == '/'; });
    return name;
}
INSTANTIATE_TEST_SUITE_P(Folders, CodecVectors, ::testing::ValuesIn(kFolders), test_name);

}  // namespace
}  // namespace strata::conformance
