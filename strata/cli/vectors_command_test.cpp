// Protects `strata vectors`: what a script may rely on when it runs vectors that others computed. A vector that fails,
// a file that no suite knows and a path that cannot be read must never look like success. Sources: docs/operating.md
// (exit codes); tests/vectors, which the reference crates of filecoin-proofs 19.1.0 computed.
#include <nlohmann/json.hpp>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using nlohmann::json;
using testing::expect_refusal;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::strata_says;

class VectorsVerb : public testing::Program {
  protected:
    static std::string published(const char* name) {
        return strata::testing::read_file(*strata::testing::find_vectors(name));
    }
    /// The suites recognise a file by the folder that it is in.
    std::string copy_of(const char* name, std::string_view content) const {
        return write(std::string("vectors/") + name, content);
    }
};

TEST_F(VectorsVerb, published_vectors_pass_and_are_counted) {
    const auto file = copy_of("proofs/fr32.json", published("proofs/fr32.json"));
    const auto ran = strata_says({"vectors", file});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    // The file has five cases (jq '.cases | length').
    EXPECT_THAT(ran.out, HasSubstr("5 passed, 0 failed, 0 skipped"));
}

TEST_F(VectorsVerb, a_vector_that_fails_is_named_and_is_the_exit_code) {
    auto changed = json::parse(published("proofs/fr32.json"));
    auto& padded = changed["cases"][0]["padded"].get_ref<std::string&>();
    padded[0] = padded[0] == '0' ? '1' : '0';
    const auto file = copy_of("proofs/fr32.json", changed.dump());
    const auto ran = strata_says({"vectors", file});
    EXPECT_EQ(ran.code, kSaysNo);
    EXPECT_THAT(ran.out, HasSubstr(file + ": FAILED "));
    EXPECT_THAT(ran.out, HasSubstr("4 passed, 1 failed, 0 skipped"));
}

TEST_F(VectorsVerb, as_json_every_case_has_a_verdict_and_the_sums_agree) {
    copy_of("proofs/fr32.json", published("proofs/fr32.json"));
    copy_of("proofs/labels.json", published("proofs/labels.json"));
    const auto ran = strata_says({"vectors", "--json", path("vectors")});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    const auto answer = json::parse(ran.out);
    ASSERT_EQ(answer["files"].size(), 2U);
    std::size_t cases = 0;
    for (const auto& file : answer["files"]) {
        EXPECT_FALSE(file["suite"].get<std::string>().empty()) << file;
        for (const auto& one : file["cases"]) EXPECT_EQ(one["verdict"], "passed") << one;
        cases += file["cases"].size();
    }
    EXPECT_EQ(answer["passed"], cases);
    EXPECT_EQ(answer["failed"], 0);
    // In the order of their names, so that two runs can be compared.
    EXPECT_LT(answer["files"][0]["file"].get<std::string>(), answer["files"][1]["file"].get<std::string>());
}

TEST_F(VectorsVerb, passed_cases_are_listed_only_when_asked_for) {
    const auto file = copy_of("proofs/fr32.json", published("proofs/fr32.json"));
    EXPECT_EQ(strata_says({"vectors", file}).out.find(": passed "), std::string::npos);
    EXPECT_THAT(strata_says({"vectors", "--verbose", file}).out, HasSubstr(file + ": passed "));
}

// "A vector file holds no case" is a failure (docs/operating.md): otherwise a lost file would count as success.
TEST_F(VectorsVerb, files_without_a_case_are_failures) {
    for (const auto& [name, content] : std::vector<std::pair<std::string, std::string>>{
             {"stray.txt", "hello\n"},
             {"nothing.json", ""},
             {"proofs/fr32.json", ""},
             {"proofs/fr32.json", "{"},
             {"proofs/fr32.json", R"({"about": "", "origin": "", "cases": []})"},
             {"proofs/fr32.json", R"({"about": "", "origin": "", "cases": [{}]})"},
             {"proofs/fr32.json", R"({"about": "", "origin": "", "cases": 5})"},
             {"chain.car.zst", "\x28\xb5\x2f\xfd"}}) {
        const auto file = write("bad/" + name, content);
        const auto ran = strata_says({"vectors", file});
        EXPECT_EQ(ran.code, kSaysNo) << name << " " << content << "\n" << ran.all();
        EXPECT_THAT(ran.all(), HasSubstr(file));
    }
}

TEST_F(VectorsVerb, paths_that_hold_no_files_are_wrong_usage) {
    std::filesystem::create_directories(path("empty/below"));
    expect_refusal(kSaysUsage, {"vectors", path("empty")}, {"there are no vector files below"});
    expect_refusal(kSaysUsage, {"vectors", path("missing")}, {path("missing"), "there is no such file"});
    expect_refusal(kSaysUsage, {"vectors", "/dev/zero"}, {"/dev/zero", "not a regular file"});
    const auto good = copy_of("proofs/fr32.json", published("proofs/fr32.json"));
    expect_refusal(kSaysUsage, {"vectors", good, path("missing")}, {path("missing")});
}

}  // namespace
}  // namespace strata::cli
