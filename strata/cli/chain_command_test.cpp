// Protects `strata chain replay` and `strata chain export`: a chain that Lotus 1.36.2 recorded is accepted, a changed
// one is not, and what cannot be read is never called valid. Sources: tests/vectors/lotus-devnet/real (its README
// counts the tipsets); docs/operating.md (exit codes).
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

class ChainVerb : public testing::Program {
  protected:
    // Bundles that this machine's user imported must not be found.
    void SetUp() override { setenv("HOME", home_.path().c_str(), 1); }
    void TearDown() override { setenv("HOME", real_home_.c_str(), 1); }
    strata::testing::TempFolder home_;
    std::string real_home_ = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");

    static std::string recorded(const char* name) {
        return strata::testing::find_vectors(std::string("lotus-devnet/real/") + name)->string();
    }
    static json network() { return json::parse(strata::testing::read_file(recorded("network.json"))); }
};

TEST_F(ChainVerb, a_chain_of_lotus_is_valid_to_its_last_tipset) {
    const auto ran =
        strata_says({"chain", "replay", recorded("chain.car"), "--network", recorded("network.json"), "--json"});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    const auto answer = json::parse(ran.out);
    // counts.json of the recorded chain: 205 tipsets, 59 messages. Nothing executes the last one.
    EXPECT_EQ(answer["tipsets"], 205);
    EXPECT_EQ(answer["messages"], 59);
    EXPECT_EQ(answer["executed"], 204) << answer["skipped"];
    EXPECT_EQ(answer["errors"], json::array());
    // The genesis block is given, not checked.
    EXPECT_EQ(answer["valid_blocks"].get<int>(), answer["blocks"].get<int>() - 1);
}

TEST_F(ChainVerb, a_network_with_a_different_rule_breaks_the_chain) {
    auto changed = network();
    changed["block_delay_s"] = changed["block_delay_s"].get<int>() + 1;
    const auto file = write("network.json", changed.dump());
    const auto ran = strata_says({"chain", "replay", recorded("chain.car"), "--network", file, "--max-errors", "1"});
    EXPECT_EQ(ran.code, kSaysNo) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("ERROR "));
    EXPECT_THAT(ran.out, HasSubstr("timestamp")) << "the wrong field is named";
}

TEST_F(ChainVerb, a_description_with_a_wrong_field_is_named) {
    for (const char* field : {"block_delay_s", "genesis_timestamp", "network_name", "drand"}) {
        auto changed = network();
        ASSERT_TRUE(changed.contains(field)) << field;
        changed[field] = json::array();
        const auto file = write("network.json", changed.dump());
        const auto ran = strata_says({"chain", "replay", recorded("chain.car"), "--network", file});
        EXPECT_EQ(ran.code, kSaysNo) << ran.all();
        EXPECT_THAT(ran.err, HasSubstr(field));
    }
}

TEST_F(ChainVerb, what_is_not_a_chain_is_not_valid) {
    for (const auto& content : {std::string(), std::string("hello"), std::string(1000, '\xff')}) {
        const auto file = write("chain.car", content);
        const auto ran = strata_says({"chain", "replay", file, "--network", recorded("network.json")});
        EXPECT_EQ(ran.code, kSaysNo) << ran.all();
        EXPECT_FALSE(ran.err.empty()) << ran.all();
    }
    // Half of a recorded chain.
    const auto whole = strata::testing::read_file(recorded("chain.car"));
    const auto half = write("chain.car", whole.substr(0, whole.size() / 2));
    const auto ran = strata_says({"chain", "replay", half, "--network", recorded("network.json")});
    EXPECT_EQ(ran.code, kSaysNo) << ran.all();
}

TEST_F(ChainVerb, paths_that_are_not_plain_files_are_wrong_usage) {
    const auto plain = write("plain", "x");
    for (const auto& bad : {folder_.path().string(), std::string("/dev/zero"), path("missing")})
        expect_refusal(kSaysUsage, {"chain", "replay", plain, "--network", bad}, {"--network " + bad + ": "});
    for (const auto& bad : {std::string("/dev/zero"), path("missing")})
        expect_refusal(kSaysUsage, {"chain", "replay", bad, "--network", plain}, {"CAR " + bad + ": "});
    const auto folder = folder_.path().string();
    expect_refusal(kSaysUsage, {"chain", "replay", folder}, {"CAR " + folder + "/chain.car: "});
}

// The name of earlier versions stays.
TEST_F(ChainVerb, check_is_the_same_verb) {
    const auto ran = strata_says({"chain", "check", recorded("chain.car"), "--to", "3"});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("match after 4 of 4 tipsets"));
}

TEST_F(ChainVerb, the_official_actors_need_a_file) {
    const auto home = home_.path().string();
    const auto car = recorded("chain.car");
    expect_refusal(kSaysUsage, {"chain", "replay", car, "--actors", "wasm"},
                   {"builtin-actors-NETWORK.car", "--bundles FOLDER", "strata bundle import"});
    expect_refusal(kSaysUsage, {"chain", "replay", car, "--actors", "native", "--bundles", home},
                   {"--actors native", "--bundles"});
    expect_refusal(kSaysNo, {"chain", "replay", car, "--bundles", home}, {home, "builtin-actors-devnet.car", "v18"});
    expect_refusal(kSaysUsage, {"chain", "replay", car, "--actors", "other"}, {"--actors"});
    const auto file = write("file", "x");
    expect_refusal(kSaysUsage, {"demo", "--file", file, "--actors", "wasm"},
                   {"builtin-actors-devnet.car of actors v18", "--bundle FILE"});
    expect_refusal(kSaysUsage, {"devnet", "up", "--folder", path("net"), "--actors", "native", "--bundle", file},
                   {"--actors native", "--bundle"});
}

TEST_F(ChainVerb, heights_of_upgrades_have_a_form) {
    for (const char* text : {"28", "28=", "=5", "28=-5", "28=5x", "x=5"})
        expect_refusal(kSaysUsage, {"chain", "replay", recorded("chain.car"), "--upgrade", text},
                       {std::string("--upgrade ") + text, "28=50"});
}

TEST_F(ChainVerb, a_folder_without_a_chain_is_not_exported) {
    expect_refusal(kSaysNo, {"chain", "export", folder_.path().string(), path("chain.car")},
                   {folder_.path().string(), "holds no chain"});
    EXPECT_FALSE(std::filesystem::exists(path("chain.car")));
}

TEST_F(ChainVerb, an_export_of_a_recorded_chain_refuses_what_is_for_a_snapshot) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--sha256"}, {"--tipset", "5"}, {"--recent-states", "5"}, {"--format", "v1"}}) {
        std::vector<std::string> all{"chain", "export", folder_.path().string(), path("chain.car")};
        all.insert(all.end(), words.begin(), words.end());
        expect_refusal(kSaysUsage, all, {"are for a snapshot"});
    }
}

TEST_F(ChainVerb, numbers_out_of_range_are_wrong_usage) {
    const auto plain = write("plain", "x");
    for (const char* number : {"0", "-1", "many"})
        expect_refusal(kSaysUsage, {"chain", "replay", plain, "--network", plain, "--max-errors", number},
                       {"--max-errors"});
    expect_refusal(kSaysUsage, {"chain", "replay", plain, "--network", plain, "--tamper", "-1"}, {"--tamper"});
}

}  // namespace
}  // namespace strata::cli
