#include <strata/conformance/lotus_chain.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/conformance/chain_replay.hpp>
#include <strata/conformance/json.hpp>
#include <strata/proofs/groth16/key.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

/// Returns the path of the recorded chain in the folder of its description; it may not exist.
fs::path chain_beside(const fs::path& network) {
    return packed_or_plain(network.parent_path() / "chain.car");
}

void pass_each(Report& report, std::size_t count, const std::string& name) {
    for (std::size_t i = 0; i < count; ++i) report.pass(name + " " + std::to_string(i));
}

/// Runs a chain: every block and every tipset is a case. Changed headers are tried by `strata chain replay --tamper`
/// only.
void run_chain(const VectorFile& network, Report& report) {
    ChainReplayOptions options;
    options.car = chain_beside(network.path());
    options.network = network.path();
    if (const auto keys = network.path().parent_path().parent_path() / "vk"; fs::exists(keys))
        options.verifying_keys = keys;
    const auto result = replay_chain(options);
    if (!result) return report.fail("chain", result.error().message());
    for (const auto& error : result->errors) report.fail("chain", error);
    pass_each(report, result->valid_blocks, "block");
    pass_each(report, result->executed, "tipset");
    for (const auto& [why, count] : result->skipped)
        for (std::size_t i = 0; i < count; ++i) report.skip("tipset not executed", why);
}

/// Checks the addresses of private keys.
void run_keys(const VectorFile& file, Report& report) {
    const Json document = parse_json(file);
    for (const auto& [address, entry] : document.at("keys").items()) {
        const auto type = wallet::parse_key_type(entry.at("type").get<std::string>());
        const auto secret = from_base64(entry.at("private_key_base64").get<std::string>());
        if (!type || !secret) {
            report.fail(address, "the entry is not a private key");
            continue;
        }
        const auto ours = wallet::address_of({*type, *secret});
        report.expect(ours && ours->to_string(address[0]) == address, address,
                      ours ? "the address of the key is " + ours->to_string() : ours.error().message());
    }
}

void run_verifying_key(const VectorFile& file, Report& report) {
    const auto key = proofs::VerifyingKey::from_bytes(as_bytes(file.text()));
    const std::string name = file.name();
    if (!key) return report.fail(name, key.error().message());
    report.expect(equal(key->to_bytes(), as_bytes(file.text())), name + " encoded to the same bytes");
}

bool is_network(const VectorFile& file) {
    return file.name() == "network.json" && fs::exists(chain_beside(file.path()));
}
bool is_keys(const VectorFile& file) {
    return file.extension() == ".json" && file.text().contains("\"private_key_base64\"");
}

class LotusChain final : public Suite {
  public:
    std::string_view name() const override { return "lotus chain"; }
    bool recognises(const VectorFile& file) const override {
        return file.extension() == ".vk" || is_network(file) || is_keys(file);
    }
    void run(const VectorFile& file, Report& report) const override {
        if (file.extension() == ".vk") return run_verifying_key(file, report);
        is_network(file) ? run_chain(file, report) : run_keys(file, report);
    }
};

}  // namespace

const Suite& lotus_chain() {
    static const LotusChain suite;
    return suite;
}

}  // namespace strata::conformance
