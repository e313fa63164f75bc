// Runs complete seals and PoSts of vectors/proofs: sectors are sealed again from the recorded numbers, in a folder that
// is removed afterwards.
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/conformance/proofs_groth16_prove.hpp>
#include <strata/conformance/proofs_witness.hpp>
#include <strata/conformance/sealing_world.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/circuit/witness.hpp>
#include <strata/proofs/porep/challenges.hpp>
#include <strata/proofs/post/post.hpp>

namespace strata::conformance {

namespace fs = std::filesystem;
using crypto::Fr;

namespace {

void compare_commitments(const Sealed& sealed, Comparison& with) {
    with.field("comm_d", to_hex(sealed.commitments.comm_d));
    with.field("comm_c", to_hex(sealed.commitments.comm_c));
    with.field("comm_r_last", to_hex(sealed.commitments.comm_r_last));
    with.field("comm_r", to_hex(sealed.commitments.comm_r));
}

Status compare_files(const Json& test, const Sealed& sealed, Comparison& with) {
    STRATA_TRY(const auto staged, file_sha256(sealed.paths.staged));
    with.field("staged_sha256", staged);
    STRATA_TRY(const auto replica, file_sha256(sealed.paths.sealed));
    with.field("sealed_sha256", replica);
    const auto files = test.value("files", Json::object());  // vector files with proofs do not have this list
    for (const auto& [name, wanted] : files.items()) {
        const auto path = sealed.paths.cache / fs::path(name).filename();
        STRATA_TRY(const auto digest, file_sha256(path));
        with.equal(name, Json{{"bytes", fs::file_size(path)}, {"sha256", digest}}, wanted);
    }
    return {};
}

/// Checks that every partition's vanilla proof satisfies the PoRep circuit.
Status compare_witnesses(const proofs::VanillaSealProof& proof, const proofs::SealConfig& config, const Json& test,
                         const fs::path& file, bool slow, Comparison& with) {
    STRATA_TRY(const auto shape, proofs::porep_shape(config.sector_size));
    const auto circuit = std::make_shared<const proofs::R1cs>(proofs::BlankCircuit(shape).compile());
    std::vector<proofs::Assignment> witnesses;
    for (std::size_t k = 0; k < proof.partitions.size(); ++k) {
        auto witness = proofs::porep_witness(shape, proof.commitments, proof.partitions[k]);
        with.passes("circuit of partition " + std::to_string(k),
                    check_witness(*circuit, witness, test.at("inputs").at(k)));
        if (witness) witnesses.push_back(std::move(*witness));
    }
    compare_snark(test, proofs::CircuitKind::porep, circuit, witnesses, file, slow, with);
    return {};
}

Status compare_proof(const Json& test, const proofs::SealSubject& subject, const Sealed& sealed, const fs::path& file,
                     bool slow, Comparison& with) {
    const auto& config = subject.config;
    STRATA_TRY(const auto seed, hash_field(test, "seed"));
    const proofs::ChallengeSeeds seeds{sealed.replica_id, sealed.commitments.comm_r, seed};
    Json challenges = Json::array();
    Json inputs = Json::array();
    for (std::size_t k = 0; k < config.partitions; ++k) {
        challenges.push_back(proofs::porep_challenges(config, seeds, k));
        STRATA_TRY(const auto values,
                   proofs::porep_public_inputs(config, config.graph(), seeds, sealed.commitments.comm_d, k));
        inputs.push_back(hex_list(values));
    }
    with.field("challenges", challenges);
    with.field("inputs", inputs);

    const auto proof = proofs::seal_commit_phase1(subject, sealed.paths, sealed.commitments, seed);
    with.passes("vanilla proofs", proof ? Status{} : Status(proof.error()));
    if (proof) STRATA_OK(compare_witnesses(*proof, config, test, file, slow, with));
    if (config.feature == proofs::SealFeature::synthetic && proof) {
        // If the file of synthetic proofs is missing, the proofs are made from the trees.
        fs::remove(sealed.paths.cache / proofs::kSyntheticFile);
        const auto direct = proofs::seal_commit_phase1(subject, sealed.paths, sealed.commitments, seed);
        with.passes("vanilla proofs from the trees", direct ? Status{} : Status(direct.error()));
    }
    return {};
}

Status compare_unsealed(const proofs::SealSubject& subject, const Sealed& sealed, const fs::path& folder,
                        Comparison& with) {
    STRATA_OK(proofs::unseal(subject, sealed.commitments.comm_d, sealed.paths.sealed, sealed.paths.cache,
                             sealed.paths.parent_cache, folder / "unsealed"));
    STRATA_TRY(const auto unsealed, file_sha256(folder / "unsealed"));
    with.equal("unsealed again", unsealed, *file_sha256(sealed.paths.staged));
    return {};
}

/// Seals a sector and compares its files, challenges, proofs and the data after unsealing.
Status seal_case(const Json& test, const std::string& name, const fs::path& file, Report& report) {
    STRATA_TRY(const auto subject, subject_of(test));
    if (subject.config.sector_size > kQuickSector && !report.slow()) {
        report.skip(name, "the case takes more than a minute; --slow runs it");
        return {};
    }
    Comparison with(test, name, report);
    const WorkFolder work;
    STRATA_TRY(const auto sealed, seal(subject, test.at("data"), work.path(), {}));
    with.field("replica_id", to_hex(sealed.replica_id));
    compare_commitments(sealed, with);
    if (subject.config.feature == proofs::SealFeature::synthetic)
        STRATA_OK(proofs::generate_synthetic_proofs(subject, sealed.paths, sealed.commitments));
    STRATA_OK(compare_files(test, sealed, with));
    STRATA_OK(compare_proof(test, subject, sealed, file, report.slow(), with));
    return compare_unsealed(subject, sealed, work.path(), with);
}

Result<proofs::PostConfig> post_config_of(const Json& test) {
    STRATA_TRY(const auto size, proofs::parse_sector_bytes(test.at("sector").get<std::string>()));
    return proofs::PostConfig::of(
        size, test.at("kind") == "winning" ? proofs::PostKind::winning : proofs::PostKind::window,
        test.at("post_rules") == "1.0.0" ? proofs::PostRules::by_position : proofs::PostRules::by_sector);
}

/// Compares what a verifier derives from public values: the challenged leaves and the public inputs.
Status compare_public(const Json& test, const proofs::PostConfig& config, const Hash256& randomness, Comparison& with) {
    std::vector<proofs::PostSector> sectors;
    Json challenges = Json::array();
    for (const auto& sector : test.at("sectors")) {
        STRATA_TRY(const auto comm_r, hash_field(sector, "comm_r"));
        const SectorNumber number = sector.at("sector_number");
        challenges.push_back(
            {{"sector_number", number}, {"leaves", proofs::post_leaves(config, randomness, number, sectors.size())}});
        sectors.push_back({number, comm_r});
    }
    with.field("challenges", challenges);
    STRATA_TRY(const auto inputs, proofs::post_public_inputs(config, randomness, sectors));
    Json got = Json::array();
    for (const auto& partition : inputs) got.push_back(hex_list(partition));
    with.field("inputs", got);
    return {};
}

/// Checks the vanilla proofs: the leaves of the first sector, and that each partition satisfies the circuit.
Status compare_vanilla(const Json& test, const proofs::PostConfig& config, const Hash256& randomness,
                       std::span<const proofs::HeldSector> held, const fs::path& file, bool slow, Comparison& with) {
    std::vector<std::vector<proofs::PostSectorValues>> partitions;
    std::vector<Fr> leaves;
    const bool winning = config.kind == proofs::PostKind::winning;
    if (winning) {
        STRATA_TRY(auto sectors, proofs::winning_post_vanilla(config, randomness, held[0]));
        // Each entry is the same sector with one leaf.
        for (const auto& sector : sectors) leaves.push_back(sector.leaves.at(0));
        partitions.push_back(std::move(sectors));
    } else {
        STRATA_TRY(auto vanilla, proofs::window_post_vanilla(config, randomness, held));
        if (!vanilla.faulty.empty())
            return fail(Errc::verification,
                        std::to_string(vanilla.faulty.size()) + " sectors are faulty, expected none");
        partitions = std::move(vanilla.partitions);
        with.field("partitions", partitions.size());
        leaves = partitions.at(0).at(0).leaves;
    }
    with.field("leaves_of_first_sector", hex_list(leaves));

    STRATA_TRY(const auto shape, winning ? proofs::winning_post_shape(config.sector_size)
                                         : proofs::window_post_shape(config.sector_size));
    const auto circuit = std::make_shared<const proofs::R1cs>(proofs::BlankCircuit(shape).compile());
    std::vector<proofs::Assignment> witnesses;
    for (std::size_t k = 0; k < partitions.size(); ++k) {
        auto witness = proofs::post_witness(shape, partitions[k]);
        with.passes("circuit of partition " + std::to_string(k),
                    check_witness(*circuit, witness, test.at("inputs").at(k)));
        if (witness) witnesses.push_back(std::move(*witness));
    }
    compare_snark(test, winning ? proofs::CircuitKind::winning_post : proofs::CircuitKind::window_post, circuit,
                  witnesses, file, slow, with);
    return {};
}

Status post_case(const Json& test, const std::string& name, const fs::path& file, Report& report) {
    Comparison with(test, name, report);
    STRATA_TRY(const auto config, post_config_of(test));
    STRATA_TRY(const auto randomness, hash_field(test, "randomness"));
    STRATA_OK(compare_public(test, config, randomness, with));
    if (test.contains("winning_sector_of_1000003")) {
        STRATA_TRY(const auto prover_id, hash_field(test, "prover_id"));
        with.field("winning_sector_of_1000003",
                   Json::array({proofs::winning_sector_index(prover_id, randomness, 1000003)}));
    }
    // Made-up sectors, whose nodes are all equal, have no data; large sectors take too long to seal.
    if (!test.at("sectors").at(0).contains("data") || config.sector_size > kQuickSector) return {};

    Json seal_test = test;
    seal_test["rules"] = test.at("seal_rules");
    STRATA_TRY(auto subject, subject_of(seal_test));
    const WorkFolder work;
    std::vector<proofs::HeldSector> held;
    for (const auto& sector : test.at("sectors")) {
        subject.number = sector.at("sector_number");
        const auto folder = work.path() / std::to_string(subject.number);
        STRATA_TRY(const auto sealed, seal(subject, sector.at("data"), folder, work.path() / "parents"));
        Comparison with_sector(sector, name, report);
        compare_commitments(sealed, with_sector);
        held.push_back({{subject.number, sealed.commitments.comm_r}, sealed.paths.cache, sealed.paths.sealed});
    }
    return compare_vanilla(test, config, randomness, held, file, report.slow(), with);
}

}  // namespace

void run_seal_case(const Json& test, const std::string& name, const fs::path& file, Report& report) {
    if (const auto status = seal_case(test, name, file, report); !status) report.fail(name, status.error().message());
}

void run_post_case(const Json& test, const std::string& name, const fs::path& file, Report& report) {
    if (const auto status = post_case(test, name, file, report); !status) report.fail(name, status.error().message());
}

}  // namespace strata::conformance
