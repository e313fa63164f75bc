// Protects what `strata devnet up` refuses: options out of range, options that contradict the network in the folder,
// and folders that it cannot use. Every one of them must end before anything is sealed. Source: docs/operating.md
// ("Exit codes", "A local network").
#include <nlohmann/json.hpp>

#include <strata/base/folder_lock.hpp>
#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using testing::expect_refusal;
using testing::kSaysNo;
using testing::kSaysUsage;

class DevnetVerb : public testing::Program {
  protected:
    std::vector<std::string> up(std::vector<std::string> words, const std::string& folder = "net") const {
        words.insert(words.begin(), {"devnet", "up", "--folder", path(folder), "--params", path("keys")});
        return words;
    }
    /// Returns the description of a network that this program made.
    static nlohmann::json description() {
        // drand's quicknet: api.drand.sh/v2/beacons/quicknet/info.
        const std::string key =
            "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c"
            "921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
        const nlohmann::json beacon{
            {"public_key", key}, {"genesis_time", 1692803367}, {"period", 3}, {"schemeID", "bls-unchained-g1-rfc9380"}};
        return {{"network_name", "strata-devnet-7"}, {"genesis", "bafy"},
                {"genesis_timestamp", 1700000000},   {"block_delay_s", 4},
                {"eth_chain_id", 31415926},          {"upgrades", {{"genesis_network_version", 28}}},
                {"drand", {{"chain_info", beacon}}}, {"strata", {{"seed", "7"}, {"sector_size", 2048}}}};
    }
    void expect_nothing_was_sealed() const {
        EXPECT_FALSE(std::filesystem::exists(path("net/presealed")));
        EXPECT_FALSE(std::filesystem::exists(path("keys")));
    }
};

TEST_F(DevnetVerb, block_times_are_whole_seconds_up_to_an_hour) {
    for (const char* time : {"0", "0s", "3601s", "4m", "4ss", "s", "-4", "4.5", "18446744073709551617"}) {
        const std::string option = std::string("--block-time=") + time;
        expect_refusal(kSaysUsage, up({option}), {std::string("--block-time ") + time, "1s to 3600s"});
    }
    expect_nothing_was_sealed();
}

TEST_F(DevnetVerb, sector_sizes_and_ports_out_of_range_are_refused) {
    for (const char* size : {"32GiB", "1KiB", "2"})
        expect_refusal(kSaysUsage, up({"--sector", size}), {std::string("--sector ") + size, "2KiB or 8MiB"});
    // The network has four nodes on consecutive ports, and 65535 is the last port (RFC 6335, section 6).
    for (const char* port : {"65533", "65534", "65535"}) expect_refusal(kSaysUsage, up({"--port", port}), {"65535"});
    for (const char* port : {"65536", "-1", "http"}) expect_refusal(kSaysUsage, up({"--port", port}), {"--port"});
    expect_nothing_was_sealed();
}

TEST_F(DevnetVerb, what_belongs_to_a_network_for_good_cannot_be_changed) {
    write("net/network.json", description().dump());
    const std::vector<std::array<std::string, 3>> cases = {
        {"--block-time", "2s", "4"}, {"--sector", "8MiB", "2048"}, {"--seed", "8", "7"}};
    for (const auto& [option, value, found] : cases)
        expect_refusal(kSaysUsage, up({option, value}), {option, "was made with " + found, "--folder"});
    expect_nothing_was_sealed();
}

TEST_F(DevnetVerb, a_description_that_was_changed_is_refused_with_file_and_field) {
    const auto refused = [&](const nlohmann::json& changed, const std::string& field) {
        const auto file = write("net/network.json", changed.dump());
        expect_refusal(kSaysNo, up({}), {file, field});
    };
    for (const auto& [field, value] : description().items()) {
        if (field == "genesis") continue;  // compared with the chain, which is not there yet
        auto changed = description();
        changed.erase(field);
        refused(changed, field);
    }
    auto changed = description();
    changed["block_delay_s"] = 0;
    refused(changed, "block_delay_s");
    changed = description();
    changed["strata"]["sector_size"] = 4096;
    refused(changed, "sector_size");
    expect_nothing_was_sealed();
}

TEST_F(DevnetVerb, folders_that_cannot_be_used_are_named) {
    const auto plain = write("plain", "");
    expect_refusal(kSaysNo, {"devnet", "up", "--folder", plain}, {plain});
    expect_refusal(kSaysNo, {"devnet", "up", "--folder", plain + "/below"}, {plain});
    std::filesystem::create_directories(path("net/network.json"));
    expect_refusal(kSaysNo, up({}), {path("net/network.json")});
}

TEST_F(DevnetVerb, a_folder_in_use_is_left_alone) {
    const auto lock = FolderLock::take(path("net"));
    ASSERT_TRUE(lock) << lock.error().message();
    expect_refusal(kSaysNo, up({"--port", "0"}), {path("net")});
    expect_nothing_was_sealed();
}

}  // namespace
}  // namespace strata::cli
