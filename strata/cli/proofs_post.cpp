// strata proofs post: makes a WinningPoSt or WindowPoSt over sectors that `strata proofs seal` made.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/proofs_sector.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/crypto/random.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/proofs/post/post.hpp>
#include <strata/proofs/prover.hpp>

namespace strata::cli {
namespace {

struct Options {
    std::string kind, parameters;
    std::string randomness = std::string(64, '0');
    std::vector<std::string> sectors;
};

struct Held {
    std::uint64_t sector_size = 0;
    std::vector<proofs::HeldSector> sectors;  // ordered by number
};

Result<Held> read_sectors(const std::vector<std::string>& folders) {
    Held out;
    for (const auto& name : folders) {
        const SectorFolder folder{name};
        STRATA_TRY(const auto record, read_record(folder));
        if (out.sector_size != 0 && out.sector_size != record.sector_size)
            return fail(Errc::invalid_argument, name + " has a sector of " + std::to_string(record.sector_size) +
                                                    " bytes, but the folders before it have sectors of " +
                                                    std::to_string(out.sector_size) +
                                                    " bytes; one PoSt covers sectors of one size");
        out.sector_size = record.sector_size;
        out.sectors.push_back({{record.number, record.comm_r}, folder.cache(), folder.sealed()});
    }
    // The order of the sectors is part of the statement: the actor lists them by number.
    std::ranges::sort(out.sectors, {}, [](const auto& held) { return held.sector.number; });
    return out;
}

/// Returns the SNARKs; empty if no keys were given. The vanilla proofs are made and checked in both cases.
Result<Bytes> prove(const Options& options, const proofs::PostConfig& config, const Hash256& randomness,
                    const Held& held) {
    const auto watch = terminal_watch(options.kind);
    proofs::ParameterStore parameters{options.parameters};
    crypto::SystemRandom random;
    if (config.kind == proofs::PostKind::winning) {
        // There is exactly one sector: post_public_inputs() has refused any other number.
        STRATA_TRY(const auto vanilla, proofs::winning_post_vanilla(config, randomness, held.sectors.front()));
        if (options.parameters.empty()) return Bytes{};
        return proofs::prove_winning_post(parameters, config, vanilla, random, watch);
    }
    STRATA_TRY(const auto vanilla, proofs::window_post_vanilla(config, randomness, held.sectors, watch));
    if (!vanilla.faulty.empty())
        return fail(Errc::verification,
                    "sector " + std::to_string(vanilla.faulty.front()) +
                        " cannot be proven: its sealed file or its trees are missing or damaged; seal it again");
    if (options.parameters.empty()) return Bytes{};
    return proofs::prove_window_post(parameters, config, vanilla.partitions, random, watch);
}

Status run(const Options& options) {
    const auto kind = options.kind == "winning" ? proofs::PostKind::winning : proofs::PostKind::window;
    STRATA_TRY(const auto given, parse_hash_option(options.randomness, "--randomness"));
    const auto randomness = proofs::post_randomness(given);
    STRATA_TRY(const auto held, read_sectors(options.sectors));
    STRATA_TRY(const auto config, proofs::PostConfig::of(held.sector_size, kind, proofs::PostRules::by_sector));
    std::vector<proofs::PostSector> sectors;
    for (const auto& sector : held.sectors) sectors.push_back(sector.sector);
    STRATA_TRY(const auto inputs, proofs::post_public_inputs(config, randomness, sectors));
    STRATA_TRY(const auto proof, prove(options, config, randomness, held));
    nlohmann::ordered_json out{{"kind", options.kind}, {"inputs", hex_inputs(inputs)}};
    if (!proof.empty()) out["proof"] = to_hex(proof);
    clear_progress();
    fmt::print("{}\n", out.dump(1));
    return {};
}

}  // namespace

void add_proofs_post(CLI::App& proofs, Run& run_verb) {
    auto options = std::make_shared<Options>();
    auto* verb = proofs.add_subcommand("post", "prove that sealed sectors are still stored; prints the proof as JSON");
    verb->add_option("--kind", options->kind, "winning or window")
        ->required()
        ->check(CLI::IsMember({"winning", "window"}));
    verb->add_option("--randomness", options->randomness,
                     "the challenge, 64 hexadecimal digits (default zeros); its two top bits are cleared");
    verb->add_option("--params", options->parameters, "folder of proof keys (default: no SNARK is made)");
    verb->add_option("sectors", options->sectors, "folders that `proofs seal` made")->required();
    verb->callback([options, &run_verb] { run_verb = [options] { return exit_code_of(run(*options)); }; });
}

}  // namespace strata::cli
