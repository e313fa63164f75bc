// Runs the sector updates of vectors/proofs/update.json: sealed, encoded, decoded and proven again.
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/conformance/proofs_groth16_prove.hpp>
#include <strata/conformance/sealing_world.hpp>
#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/circuit/witness.hpp>
#include <strata/proofs/update/update.hpp>

namespace strata::conformance {

namespace fs = std::filesystem;
using crypto::Fr;

namespace {

Status compare_numbers(const proofs::UpdateShape& shape, const proofs::UpdateCommitments& commitments,
                       Comparison& with) {
    STRATA_TRY(const auto comm_d_new, Fr::from_bytes(commitments.comm_d_new));
    STRATA_TRY(const auto comm_r_old, Fr::from_bytes(commitments.comm_r_old));
    STRATA_TRY(const auto comm_r_new, Fr::from_bytes(commitments.comm_r_new));
    const unsigned h = proofs::update_high_bits(shape);
    with.field("h", h);
    const auto phi = proofs::update_phi(comm_d_new, comm_r_old);
    with.field("phi", phi.to_hex());
    std::vector<Fr> rhos;
    for (std::uint64_t high = 0; high < std::min(std::uint64_t{4}, std::uint64_t{1} << h); ++high)
        rhos.push_back(proofs::update_rho(phi, high));
    with.field("rho", hex_list(rhos));
    Json challenges = Json::array();
    Json inputs = Json::array();
    for (std::uint64_t k = 0; k < std::uint64_t{1} << shape.log2_partitions; ++k) {
        challenges.push_back(proofs::update_challenges(shape, comm_r_new, k));
        STRATA_TRY(const auto values, proofs::update_public_inputs(shape, commitments, k));
        inputs.push_back(hex_list(values));
    }
    with.field("challenges", challenges);
    with.field("inputs", inputs);
    return {};
}

/// Checks that the witness of every partition has the public inputs that a verifier derives. If `slow` is set, the
/// recorded proofs are compared too.
Status compare_witness(std::uint64_t size, const proofs::UpdateShape& shape, const proofs::UpdatePaths& paths,
                       const proofs::UpdateCommitments& commitments, const Json& test, const fs::path& file, bool slow,
                       Comparison& with) {
    std::vector<proofs::Assignment> witnesses;
    bool equal = true;
    for (std::uint64_t k = 0; k < std::uint64_t{1} << shape.log2_partitions; ++k) {
        STRATA_TRY(const auto values, proofs::update_vanilla(size, paths, commitments, k));
        STRATA_TRY(auto witness, proofs::update_witness(shape, values));
        STRATA_TRY(const auto inputs, proofs::update_public_inputs(shape, commitments, k));
        equal = equal && std::ranges::equal(std::span(witness.inputs).subspan(1), inputs);
        witnesses.push_back(std::move(witness));
    }
    with.equal("witness inputs", equal, true);
    if (!slow || !test.contains("snark")) return {};
    const auto circuit = std::make_shared<const proofs::R1cs>(proofs::BlankCircuit(shape).compile());
    compare_snark(test, proofs::CircuitKind::sector_update, circuit, witnesses, file, slow, with);
    return {};
}

/// Seals a sector, updates it with new data, and compares files, challenges, proofs and the data after decoding.
Status update_case(const Json& test, const std::string& name, const fs::path& file, Report& report) {
    STRATA_TRY(const auto subject, subject_of(test));
    const auto size = subject.config.sector_size;
    STRATA_TRY(const auto shape, proofs::update_shape(size));
    if (size > kQuickSector && !report.slow()) {
        report.skip(name, "the case takes more than a minute; --slow runs it");
        return {};
    }
    Comparison with(test, name, report);
    const WorkFolder work;
    STRATA_TRY(const auto before, seal(subject, test.at("data"), work.path(), {}));
    const proofs::UpdatePaths paths{before.paths.sealed, before.paths.cache, work.path() / "updated",
                                    work.path() / "updated-cache", work.path() / "new-data"};
    fs::create_directories(paths.new_cache);
    STRATA_OK(stage(test.at("new_data"), size, paths.staged));
    STRATA_TRY(const auto commitments, proofs::encode_update(size, paths));
    with.field("comm_r_old", to_hex(commitments.comm_r_old));
    with.field("comm_d_new", to_hex(commitments.comm_d_new));
    with.field("comm_r_new", to_hex(commitments.comm_r_new));
    STRATA_TRY(const auto replica, file_sha256(paths.new_sealed));
    with.field("new_sealed_sha256", replica);
    for (const auto& [name_of_file, wanted] : test.at("new_files").items()) {
        const auto path = paths.new_cache / fs::path(name_of_file).filename();
        STRATA_TRY(const auto digest, file_sha256(path));
        with.equal(name_of_file, Json{{"bytes", fs::file_size(path)}, {"sha256", digest}}, wanted);
    }
    STRATA_OK(compare_numbers(shape, commitments, with));
    STRATA_OK(compare_witness(size, shape, paths, commitments, test, file, report.slow(), with));

    STRATA_OK(proofs::decode_update(size, commitments, paths.old_sealed, paths.new_sealed, work.path() / "decoded"));
    STRATA_TRY(const auto decoded, file_sha256(work.path() / "decoded"));
    STRATA_TRY(const auto staged, file_sha256(paths.staged));
    with.equal("decoded data", decoded, staged);
    return {};
}

}  // namespace

void run_update_case(const Json& test, const std::string& name, const fs::path& file, Report& report) {
    if (const auto status = update_case(test, name, file, report); !status) report.fail(name, status.error().message());
}

}  // namespace strata::conformance
