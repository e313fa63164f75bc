// strata proofs seal: seals one sector, from a file to its PoRep.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include <strata/base/byte_source.hpp>
#include <strata/base/hex.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/proofs_sector.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/crypto/random.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/proofs/piece/fr32.hpp>
#include <strata/proofs/piece/staging.hpp>
#include <strata/proofs/porep/challenges.hpp>
#include <strata/proofs/prover.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::int64_t seal_proof = 5;
    std::string data, folder, parameters;
    std::string ticket = std::string(64, '0'), seed = std::string(64, '0');
    ActorId miner = 1000;
    SectorNumber number = 0;
};

struct SealedSector {
    proofs::SealSubject subject;
    proofs::SealCommitments commitments;
    Hash256 replica_id{}, seed{};
    proofs::VanillaSealProof vanilla;
};

Result<proofs::SealSubject> subject_of(const Options& options) {
    proofs::SealSubject out;
    STRATA_TRY(out.config, proofs::SealConfig::of(RegisteredSealProof{options.seal_proof}));
    out.prover_id = proofs::prover_id_of(options.miner);
    out.number = options.number;
    STRATA_TRY(out.ticket, parse_hash_option(options.ticket, "--ticket"));
    return out;
}

Result<PieceInfo> stage_file(const fs::path& data, std::uint64_t sector_size, const fs::path& staged) {
    // A device has no size, and its bytes may never end.
    STRATA_OK(check_regular_file("--data", data));
    STRATA_TRY(const auto read, file_source(data));
    std::error_code error;
    const auto size = fs::file_size(data, error);
    if (error)
        return fail(Errc::io, fmt::format("--data {}: its size cannot be read: {}", data.string(), error.message()));
    const auto max_size = proofs::raw_size(sector_size);
    if (size > max_size)
        return fail(Errc::invalid_argument,
                    fmt::format("--data {}: the file has {} bytes, expected at most {} for a sector of {} bytes",
                                data.string(), size, max_size, sector_size));
    STRATA_TRY(const auto piece, proofs::stage_piece(read, sector_size, staged, 0));
    return PieceInfo{piece.padded_size, proofs::piece_cid(piece.commitment)};
}

// The record is written last, so that `strata proofs post` never reads a sector that is not complete.
Result<SealedSector> seal(const Options& options, const Watch& watch) {
    SealedSector out;
    STRATA_TRY(out.subject, subject_of(options));
    STRATA_TRY(out.seed, parse_hash_option(options.seed, "--seed"));
    const SectorFolder folder{options.folder};
    std::error_code error;
    fs::create_directories(folder.cache(), error);
    if (error) return fail(Errc::io, "cannot create " + folder.cache().string() + ": " + error.message());
    const auto& config = out.subject.config;
    STRATA_TRY(const auto piece, stage_file(options.data, config.sector_size, folder.staged()));
    const proofs::SealPaths paths{
        .cache = folder.cache(), .staged = folder.staged(), .sealed = folder.sealed(), .parent_cache = {}};
    STRATA_TRY(const auto phase1, proofs::seal_pre_commit_phase1(out.subject, paths, {&piece, 1}, watch));
    out.replica_id = phase1.replica_id;
    STRATA_TRY(out.commitments, proofs::seal_pre_commit_phase2(out.subject, paths, phase1, watch));
    if (config.feature == proofs::SealFeature::synthetic)
        STRATA_OK(proofs::generate_synthetic_proofs(out.subject, paths, out.commitments, watch));
    STRATA_TRY(out.vanilla, proofs::seal_commit_phase1(out.subject, paths, out.commitments, out.seed, watch));
    STRATA_OK(write_record(folder, {config.sector_size, options.miner, options.number, out.commitments.comm_r}));
    return out;
}

// Returns the public inputs of each partition's proof, which a verifier needs in addition to the proof.
Result<std::vector<std::vector<crypto::Fr>>> inputs_of(const SealedSector& sector) {
    const auto& config = sector.subject.config;
    const proofs::ChallengeSeeds seeds{sector.replica_id, sector.commitments.comm_r, sector.seed};
    std::vector<std::vector<crypto::Fr>> out(config.partitions);
    for (std::size_t k = 0; k < out.size(); ++k) {
        STRATA_TRY(out[k], proofs::porep_public_inputs(config, config.graph(), seeds, sector.commitments.comm_d, k));
    }
    return out;
}

Status run(const Options& options) {
    const auto watch = terminal_watch("seal");
    STRATA_TRY(const auto sector, seal(options, watch));
    STRATA_TRY(const auto inputs, inputs_of(sector));
    const auto& commitments = sector.commitments;
    nlohmann::ordered_json out{{"seal_proof", options.seal_proof},
                               {"replica_id", to_hex(sector.replica_id)},
                               {"comm_d", to_hex(commitments.comm_d)},
                               {"comm_c", to_hex(commitments.comm_c)},
                               {"comm_r_last", to_hex(commitments.comm_r_last)},
                               {"comm_r", to_hex(commitments.comm_r)},
                               {"inputs", hex_inputs(inputs)}};
    if (!options.parameters.empty()) {
        proofs::ParameterStore parameters{options.parameters};
        crypto::SystemRandom random;
        STRATA_TRY(const auto proof,
                   proofs::prove_seal(parameters, sector.subject.config, sector.vanilla, random, watch));
        out["proof"] = to_hex(proof);
    }
    clear_progress();
    fmt::print("{}\n", out.dump(1));
    return {};
}

}  // namespace

void add_proofs_seal(CLI::App& proofs, Run& run_verb) {
    auto options = std::make_shared<Options>();
    auto* verb = proofs.add_subcommand("seal", "seal a file into one sector; prints its commitments and PoRep as JSON");
    verb->add_option("--seal-proof", options->seal_proof,
                     "registered seal proof: 5 to 9 for 2KiB, 8MiB, 512MiB, 32GiB, 64GiB; 10 to 14 for the same sizes\n"
                     "with synthetic PoRep (default 5)");
    verb->add_option("--data", options->data, "the file that the sector will hold")->required();
    verb->add_option("--folder", options->folder, "where the sector is put; a seal that was stopped continues there")
        ->required();
    // IDs of actors and numbers of sectors have at most 63 bits (go-address; go-state-types abi.MaxSectorNumber). The
    // range also refuses negative numbers, which the parser would wrap around.
    const CLI::Range range(std::uint64_t{0}, std::uint64_t{std::numeric_limits<std::int64_t>::max()});
    verb->add_option("--miner", options->miner, "actor ID of the miner (default 1000)")->check(range);
    verb->add_option("--number", options->number, "sector number (default 0)")->check(range);
    verb->add_option("--ticket", options->ticket, "seal randomness, 64 hexadecimal digits (default zeros)");
    verb->add_option("--seed", options->seed, "interactive randomness, 64 hexadecimal digits (default zeros)");
    verb->add_option("--params", options->parameters, "folder of proof keys (default: no SNARK is made)");
    verb->callback([options, &run_verb] { run_verb = [options] { return exit_code_of(run(*options)); }; });
}

}  // namespace strata::cli
