// Protects `strata proofs seal` and `strata proofs post`: their JSON is what the reference computes for the same
// sector, and a sector that cannot be sealed or proven is an error with its file. Sources:
// tests/vectors/proofs/seal.json and post.json, computed with filecoin-proofs 19.1.0; docs/operating.md (exit codes).
#include <nlohmann/json.hpp>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using nlohmann::json;
using testing::expect_refusal;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::strata_says;

constexpr std::size_t kRawSector = 2048 / 128 * 127;
const std::string kZeros(64, '0');

json cases_of(const char* name) {
    return json::parse(strata::testing::read_file(*strata::testing::find_vectors(name)))["cases"];
}

/// The data that a vector names "xorshift:SEED" (tests/vectors/proofs, README of the whole set): 64-bit words of
/// Marsaglia's xorshift with the shifts 13, 7 and 17, little endian.
std::string pattern(const std::string& name) {
    std::string out(kRawSector, '\0');
    if (name == "zero") return out;
    std::uint64_t x = std::stoull(name.substr(name.find(':') + 1));
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i % 8 == 0) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        out[i] = static_cast<char>(x >> (8 * (i % 8)));
    }
    return out;
}

/// Returns the miner's number in decimal. The vectors have it as a varint in hexadecimal.
std::string miner_of(const std::string& prover_id) {
    std::uint64_t out = 0;
    for (unsigned i = 0; 7 * i < 63; ++i)
        out |= (std::stoull(prover_id.substr(2 * i, 2), nullptr, 16) & 0x7f) << (7 * i);
    return std::to_string(out);
}

class SealVerb : public testing::Program {
  protected:
    testing::Ran seal(const std::string& folder, const json& one, std::uint64_t number, const std::string& data,
                      const std::string& seed) const {
        return strata_says({"proofs", "seal", "--seal-proof", "5", "--data", write(folder + ".data", pattern(data)),
                            "--folder", path(folder), "--miner", miner_of(one["prover_id"]), "--number",
                            std::to_string(number), "--ticket", one["ticket"], "--seed", seed});
    }
    std::vector<std::string> seal_with(std::vector<std::string> more) const {
        more.insert(more.begin(), {"proofs", "seal", "--data", write("data", "hello"), "--folder", path("sealed")});
        return more;
    }
    static bool is_ours(const json& one) {
        return one["sector"] == "2KiB" && one["porep_id"].get<std::string>().starts_with("05") &&
               one.value("features", json::array()).empty();
    }
};

TEST_F(SealVerb, commitments_and_inputs_are_the_references) {
    int compared = 0;
    for (const auto& one : cases_of("proofs/seal.json")) {
        if (!is_ours(one) || one["rules"] != "1.1.0") continue;
        const auto ran = seal("seal" + std::to_string(compared), one, one["sector_number"], one["data"], one["seed"]);
        ASSERT_EQ(ran.code, kSaysDone) << ran.all();
        const auto ours = json::parse(ran.out);
        for (const char* field : {"replica_id", "comm_d", "comm_c", "comm_r_last", "comm_r", "inputs"})
            EXPECT_EQ(ours[field], one[field]) << one["command"] << " " << field;
        EXPECT_FALSE(ours.contains("proof")) << "no SNARK is made without keys";
        ++compared;
    }
    EXPECT_GE(compared, 1);
}

TEST_F(SealVerb, window_inputs_are_the_references_and_a_lost_sector_is_named) {
    for (const auto& one : cases_of("proofs/post.json")) {
        if (one["kind"] != "window" || one["post_rules"] != "1.2.0" || one["seal_rules"] != "1.1.0" || !is_ours(one))
            continue;
        std::vector<std::string> words = {"proofs", "post", "--kind", "window", "--randomness", one["randomness"]};
        for (const auto& sector : one["sectors"]) {
            const auto name = "s" + sector["sector_number"].dump();
            const auto sealed = seal(name, one, sector["sector_number"], sector["data"], kZeros);
            ASSERT_EQ(json::parse(sealed.out)["comm_r"], sector["comm_r"]);
            words.push_back(path(name));
        }
        const auto ran = strata_says(words);
        ASSERT_EQ(ran.code, kSaysDone) << ran.all();
        EXPECT_EQ(json::parse(ran.out)["inputs"], one["inputs"]);
        const auto number = one["sectors"][0]["sector_number"].dump();
        std::filesystem::remove(path("s" + number) + "/sealed");
        expect_refusal(kSaysNo, words, {"sector " + number + " cannot be proven"});
        return;
    }
    FAIL() << "post.json has no such case";
}

TEST_F(SealVerb, data_that_does_not_fit_is_refused_with_both_sizes) {
    const auto file = write("large", std::string(kRawSector + 1, 'x'));
    expect_refusal(kSaysUsage, {"proofs", "seal", "--data", file, "--folder", path("sealed")}, {file, "2033", "2032"});
    for (const auto& bad : {folder_.path().string(), std::string("/dev/zero"), path("missing")})
        expect_refusal(kSaysUsage, {"proofs", "seal", "--data", bad, "--folder", path("sealed")},
                       {"--data " + bad + ": "});
}

TEST_F(SealVerb, a_folder_that_cannot_be_made_is_named) {
    const auto plain = write("plain", "");
    expect_refusal(kSaysNo, {"proofs", "seal", "--data", plain, "--folder", plain}, {plain});
}

// A value out of range is wrong usage (docs/operating.md), also where it is longer than a number.
TEST_F(SealVerb, wrong_values_are_wrong_usage_and_named) {
    for (const char* option : {"--ticket", "--seed"})
        for (const auto& value : {std::string("00"), std::string(63, '0'), std::string(64, 'g'), std::string(66, '0')})
            expect_refusal(kSaysUsage, seal_with({option, value}), {option, "64 hexadecimal digits"});
    // Lotus' largest sector number is 2^63 - 1 (go-state-types abi.MaxSectorNumber), and IDs have 63 bits (go-address).
    for (const char* option : {"--number", "--miner"})
        for (const char* number : {"-1", "x", "9223372036854775808", "18446744073709551616"})
            expect_refusal(kSaysUsage, seal_with({std::string(option) + "=" + number}), {option});
    for (const char* proof : {"99", "-1"})
        expect_refusal(kSaysUsage, seal_with({std::string("--seal-proof=") + proof}), {proof});
    EXPECT_FALSE(std::filesystem::exists(path("sealed")));
}

TEST_F(SealVerb, post_over_folders_without_a_sector_says_what_to_do) {
    std::filesystem::create_directories(path("empty"));
    expect_refusal(kSaysNo, {"proofs", "post", "--kind", "winning", path("empty")},
                   {path("empty/sector.json"), "seal the sector first"});
    expect_refusal(kSaysUsage, {"proofs", "post", "--kind", "lottery", path("empty")}, {"--kind"});
    expect_refusal(kSaysUsage, {"proofs", "post", "--kind", "window", "--randomness", "12", path("empty")},
                   {"--randomness", "64 hexadecimal digits"});
}

TEST_F(SealVerb, sectors_of_different_sizes_are_not_one_proof) {
    const auto record = [](std::uint64_t size, int number) {
        return json{{"sector_size", size}, {"miner", 1000}, {"number", number}, {"comm_r", std::string(64, '1')}}
            .dump();
    };
    write("a/sector.json", record(2048, 1));
    write("b/sector.json", record(8 << 20, 2));
    expect_refusal(kSaysUsage, {"proofs", "post", "--kind", "window", path("a"), path("b")},
                   {"one PoSt covers sectors of one size"});
}

}  // namespace
}  // namespace strata::cli
