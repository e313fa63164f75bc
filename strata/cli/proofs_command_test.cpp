// Protects `strata proofs constraints`: the counts and rows that people compare with mainnet's circuits. Source:
// tests/vectors/proofs/cs_hash.json, computed with filecoin-proofs 19.1.0 and bellperson 0.27.0.
#include <nlohmann/json.hpp>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using nlohmann::json;
using testing::expect_refusal;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysUsage;
using testing::strata_says;

json published() {
    return json::parse(strata::testing::read_file(*strata::testing::find_vectors("proofs/cs_hash.json")))["cases"];
}
std::vector<std::string> constraints(const std::string& circuit, const std::string& sector,
                                     std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"proofs", "constraints", "--circuit", circuit, "--sector", sector});
    return more;
}

TEST(ConstraintsVerb, counts_are_the_references) {
    int compared = 0;
    for (const auto& one : published()) {
        // Larger circuits take seconds each; the conformance suite has them all.
        if (one["rows"].get<std::uint64_t>() > 3'000'000) continue;
        const auto ran = strata_says(constraints(one["circuit"], one["sector"], {"--count-only", "--json"}));
        ASSERT_EQ(ran.code, kSaysDone) << ran.all();
        const auto ours = json::parse(ran.out);
        for (const char* field : {"circuit", "sector", "inputs_with_one", "aux", "rows"})
            EXPECT_EQ(ours[field], one[field]) << one["command"] << " " << field;
        ++compared;
    }
    EXPECT_GE(compared, 5);
}

TEST(ConstraintsVerb, hash_and_checkpoints_are_the_references) {
    const auto cases = published();
    const auto smallest = std::ranges::min_element(cases, {}, [](const json& one) { return one["rows"]; });
    ASSERT_NE(smallest, cases.end());
    const auto& one = *smallest;
    const auto ran = strata_says(
        constraints(one["circuit"], one["sector"], {"--checkpoints", "--json", "--every", one["segment_rows"].dump()}));
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    const auto ours = json::parse(ran.out);
    for (const char* field : {"rows", "row_bytes", "hash", "segment_rows", "segments"})
        EXPECT_EQ(ours[field], one[field]) << one["command"] << " " << field;
    const auto text = strata_says(constraints(one["circuit"], one["sector"]));
    EXPECT_THAT(text.out, HasSubstr("hash: " + one["hash"].get<std::string>()));
}

TEST(ConstraintsVerb, rows_are_printed_one_a_line_from_the_first_to_before_the_last) {
    const auto ran = strata_says(constraints("winning", "2KiB", {"--rows", "10..15"}));
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_EQ(std::ranges::count(ran.out, '\n'), 5) << ran.out;
    const auto part = strata_says(constraints("winning", "2KiB", {"--rows", "12..13"}));
    EXPECT_THAT(ran.out, HasSubstr(part.out)) << "a row does not depend on what is printed before it";
}

TEST(ConstraintsVerb, wrong_values_are_answered_with_what_is_allowed) {
    for (const char* rows : {"5", "5..", "..5", "5..5", "6..5", "a..b", "1..2x", "1...2"})
        expect_refusal(kSaysUsage, constraints("winning", "2KiB", {std::string("--rows=") + rows}),
                       {"--rows", "A..B", rows});
    expect_refusal(kSaysUsage, constraints("porp", "2KiB"), {"porp", "winning"});
    expect_refusal(kSaysUsage, constraints("porep", "3KiB"), {"3072 bytes", "2KiB", "64GiB"});
    expect_refusal(kSaysUsage, constraints("porep", "2KiB", {"--every", "0"}), {"--every"});
}

}  // namespace
}  // namespace strata::cli
