#include <strata/node/open_checks.hpp>

#include <fmt/format.h>

#include <strata/actors/read/system.hpp>
#include <strata/base/log.hpp>
#include <strata/base/mapped_file.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/groth16/key.hpp>
#include <strata/proofs/params/parameter_name.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

const Log kLog("node");

// Returns the refusal of a description that differs from the chain.
Error description_refusal(std::string_view field, std::string_view described, std::string_view found,
                          std::string_view where) {
    return fail(Errc::verification,
                fmt::format("the description of the network says {} {}, but {} {}; put the description back as it was, "
                            "or name the folder of the network that it describes",
                            field, described, where, found));
}

bool has_entries(const fs::path& folder) {
    std::error_code error;
    return fs::directory_iterator(folder, error) != fs::directory_iterator() && !error;
}

}  // namespace

Status check_description(chain::Chain& chain) {
    const auto& network = chain.network();
    const auto genesis = chain.genesis();
    const std::uint64_t began = genesis->min_timestamp();
    if (began != network.genesis_timestamp)
        return description_refusal("genesis_timestamp", std::to_string(network.genesis_timestamp),
                                   std::to_string(began), "the genesis block's timestamp is");
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), genesis->parent_state_root()));
    STRATA_TRY(const auto name, actors::read::network_name(state));
    if (name != network.name)
        return description_refusal("network_name", network.name, name, "the init actor's state at genesis says");
    // The genesis block does not show the block delay, so it is checked with the head's timestamp.
    const auto head = chain.head();
    const std::uint64_t expected = network.timestamp_at(head->height());
    if (head->min_timestamp() != expected)
        return description_refusal(
            "block_delay_s", std::to_string(network.block_delay), std::to_string(head->min_timestamp()),
            fmt::format("the head at epoch {} should then have the timestamp {} and has", head->height(), expected));
    return {};
}

Status check_sectors_have_records(const fs::path& folder) {
    const auto repository = folder / "repository";
    const auto records = repository / "records";
    // A repository of the earlier form has its records in "db", or in "unsplit" while it is being split.
    for (const auto& kept : {records, repository / "db", repository / "unsplit"})
        if (has_entries(kept)) return {};
    const auto sealed = folder / "provider" / "sealed";
    if (!has_entries(sealed)) return {};
    return fail(Errc::not_found,
                fmt::format("{} holds sealed sectors, but {} with the records of these sectors is missing; put it "
                            "back from a copy, or move {} away to begin without the sectors",
                            sealed.string(), records.string(), (folder / "provider").string()));
}

Status check_verifying_keys(const proofs::ParameterStore& keys, RegisteredSealProof proof) {
    STRATA_TRY(const auto size, sector_size(proof));
    using enum proofs::CircuitKind;
    for (const auto kind : {porep, winning_post, window_post}) {
        STRATA_TRY(const auto name, proofs::parameter_name(kind, static_cast<std::uint64_t>(size)));
        const auto file = keys.folder() / (name + ".vk");
        const auto mapped = MappedFile::open(file);
        if (!mapped)
            return fail(Errc::not_found,
                        fmt::format("the verifying key {} for {} proofs cannot be read ({}); put it back from a copy, "
                                    "or make keys for a new local network with `strata proofs setup`",
                                    file.string(), proofs::circuit_kind_name(kind), mapped.error().message()));
        auto key = proofs::VerifyingKey::from_bytes(mapped->bytes());
        if (!key) return std::move(key).error().with_context(file.string());
    }
    return {};
}

void log_missing_keys(const Shared& shared) {
    std::string missing;
    for (const auto& key : shared.proofs.missing_keys(*shared.network.policy))
        missing += fmt::format("{}{} of {}", missing.empty() ? "" : ", ", proofs::circuit_kind_name(key.circuit),
                               sector_size_name(key.sector_size));
    if (missing.empty()) return;
    // This is not a warning, because a local network always has the keys of one sector size only.
    kLog.info(
        "verifying keys are missing; the first proof on chain that needs one stops this node until the key is there",
        {{"keys", missing}, {"folder", shared.parameters.folder().string()}});
}

}  // namespace strata::node
