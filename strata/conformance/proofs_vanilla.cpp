#include <strata/conformance/proofs_vanilla.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/conformance/data_pattern.hpp>
#include <strata/conformance/proofs_verify.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/poseidon.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/node.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/piece/fr32.hpp>
#include <strata/proofs/porep/challenges.hpp>
#include <strata/proofs/post/post_config.hpp>
#include <strata/proofs/sdr/labels.hpp>

namespace strata::conformance {

using crypto::Fr;

Result<Hash256> hash_field(const Json& test, const char* name) {
    const auto bytes = hex_of(test.at(name));
    if (bytes.size() > 32)
        return fail(Errc::malformed,
                    std::string(name) + " has " + std::to_string(bytes.size()) + " bytes, expected at most 32");
    Hash256 out{};
    std::ranges::copy(bytes, out.begin());
    return out;
}

Json hex_list(std::span<const Fr> elements) {
    Json out = Json::array();
    for (const auto& element : elements) out.push_back(element.to_hex());
    return out;
}

Result<proofs::SealConfig> seal_config_of(const Json& test) {
    STRATA_TRY(const auto size, proofs::parse_sector_bytes(test.at("sector").get<std::string>()));
    Hash256 porep_id{};
    if (test.contains("porep_id")) {
        STRATA_TRY(porep_id, hash_field(test, "porep_id"));
    }
    auto feature = proofs::SealFeature::interactive;
    for (const auto& name : test.value("features", Json::array())) {
        const auto text = name.get<std::string>();
        if (text.starts_with("synthetic"))
            feature = proofs::SealFeature::synthetic;
        else if (text.starts_with("non-interactive"))
            feature = proofs::SealFeature::non_interactive;
        else
            return fail(Errc::unsupported,
                        "the feature '" + text + "' is unknown, expected synthetic-porep or non-interactive-porep");
    }
    const bool first_rules = test.value("rules", std::string("1.1.0")) == "1.0.0";
    return proofs::SealConfig::of(size, porep_id, first_rules ? proofs::GraphRules::v1_0 : proofs::GraphRules::v1_1,
                                  feature);
}

namespace {

Result<DataPattern> pattern_of(const Json& test) {
    const auto name = test.at("pattern").get<std::string>();
    if (auto pattern = DataPattern::parse(name)) return *pattern;
    return fail(Errc::unsupported,
                "the data pattern '" + name + "' is unknown, expected zero, cc, byte:HH or xorshift:SEED");
}

// The first difference of a case from the record, as a sentence; empty if there is none.
using Difference = std::string;

Result<Difference> run_commp(const Json& test) {
    STRATA_TRY(auto pattern, pattern_of(test));
    std::uint64_t left = test.at("payload_size");
    const auto read = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left, out.size()));
        pattern.fill(out.first(n));
        left -= n;
        return n;
    };
    STRATA_TRY(const auto piece, proofs::piece_commitment(read));
    if (piece.padded_size != test.at("piece_size").get<std::uint64_t>())
        return "the piece size is " + std::to_string(piece.padded_size) + ", expected " + test.at("piece_size").dump();
    return test.at("commitment") == to_hex(piece.commitment) ? "" : "the commitment differs from the recorded one";
}

Result<Difference> run_fr32(const Json& test) {
    STRATA_TRY(auto pattern, pattern_of(test));
    const auto raw = pattern.take(test.at("unpadded_size"));
    if (raw.size() % proofs::kRawBlock != 0)
        return "the data have " + std::to_string(raw.size()) + " bytes, expected a multiple of 127";
    Bytes padded(proofs::padded_size(raw.size()));
    proofs::fr32_pad(raw, padded);
    if (padded.size() != test.at("padded_size").get<std::size_t>())
        return "the padded size is " + std::to_string(padded.size()) + ", expected " + test.at("padded_size").dump();
    if (test.at("padded_sha256") != to_hex(crypto::sha256(padded)))
        return "the SHA-256 of the padded bytes differs from the recorded one";
    if (test.contains("padded") && test.at("padded") != to_hex(padded))
        return "the padded bytes differ from the listed ones";
    Bytes back(raw.size());
    proofs::fr32_unpad(padded, back);
    return back == raw ? "" : "the bytes that are padded and unpadded differ from the original ones";
}

Result<crypto::PoseidonConstants> constants_of(const std::string& arity) {
    if (arity == "update") return crypto::update_poseidon_constants();
    // The domain tag of a Merkle tree has one bit for each input.
    for (const unsigned n : {2U, 4U, 8U, 11U, 16U, 24U, 36U})
        if (arity == std::to_string(n)) return crypto::poseidon_constants(n, Fr::from_u64((std::uint64_t{1} << n) - 1));
    return fail(Errc::unsupported, "the Poseidon arity is " + arity + ", expected update, 2, 4, 8, 11, 16, 24 or 36");
}

Result<Difference> run_poseidon(const Json& test) {
    STRATA_TRY(const auto constants, constants_of(test.at("arity")));
    std::vector<Fr> all;
    for (const auto& hash : test.at("cases")) {
        std::vector<Fr> inputs;
        for (const auto& text : hash.at("inputs")) {
            STRATA_TRY(const auto input, Fr::from_bytes(hex_of(text)));
            inputs.push_back(input);
        }
        if (inputs.size() != constants.arity())
            return "a case has " + std::to_string(inputs.size()) + " inputs, expected " +
                   std::to_string(constants.arity());
        if (hash.at("hash") != crypto::poseidon(constants, inputs).to_hex())
            return "the hash differs from the record " + hash.dump();
        all.insert(all.end(), inputs.begin(), inputs.end());
    }
    std::vector<Fr> hashes(test.at("cases").size());
    crypto::poseidon_many(constants, all, hashes);
    for (std::size_t i = 0; i < hashes.size(); ++i)
        if (test.at("cases").at(i).at("hash") != hashes[i].to_hex())
            return "hash " + std::to_string(i) + " of those computed together differs from the recorded one";
    return "";
}

bool same_list(std::span<const Fr> ours, const Json& theirs) {
    Bytes bytes;
    for (const auto& element : ours) append(bytes, element.to_bytes());
    return ours.size() == theirs.at("count").get<std::size_t>() &&
           theirs.at("sha256_of_all_le32") == to_hex(crypto::sha256(bytes));
}

std::vector<Fr> flat(const crypto::PoseidonConstants::Matrix& rows) {
    std::vector<Fr> out;
    for (const auto& row : rows) out.insert(out.end(), row.begin(), row.end());
    return out;
}

Result<Difference> run_poseidon_constants(const Json& test) {
    STRATA_TRY(const auto constants, constants_of(test.at("arity")));
    const auto rounds = Json::array({crypto::PoseidonConstants::kFullRounds, constants.partial_rounds});
    if (test.at("rounds") != rounds)
        return "the numbers of rounds are " + rounds.dump() + ", expected " + test.at("rounds").dump();
    if (test.at("domain_tag") != constants.tag.to_hex()) return "the domain tag differs from the recorded one";
    if (!test.at("round_constants").is_null() &&
        !same_list(flat(constants.round_constants), test.at("round_constants")))
        return "the round constants differ from the recorded ones";
    if (!same_list(constants.keys, test.at("compressed_round_constants")))
        return "the compressed round constants differ from the recorded ones";
    if (!same_list(flat(constants.mds), test.at("mds"))) return "the MDS matrix differs from the recorded one";
    if (!same_list(flat(constants.pre_sparse), test.at("pre_sparse_matrix")))
        return "the pre-sparse matrix differs from the recorded one";
    std::vector<Fr> sparse;
    for (const auto& matrix : constants.sparse) {
        sparse.insert(sparse.end(), matrix.column.begin(), matrix.column.end());
        sparse.insert(sparse.end(), matrix.row.begin(), matrix.row.end());
    }
    return same_list(sparse, test.at("sparse_matrices_w_then_v")) ? ""
                                                                  : "the sparse matrices differ from the recorded ones";
}

Result<Difference> run_parents(const Json& test) {
    STRATA_TRY(const auto config, seal_config_of(test));
    const auto graph = config.graph();
    for (const auto& row : test.at("rows")) {
        const std::uint64_t node = row.at("node");
        if (node >= graph.nodes())
            return fail(Errc::malformed, "the node is " + std::to_string(node) + ", expected less than " +
                                             std::to_string(graph.nodes()) + ", the nodes of the sector");
        if (row.at("parents") != Json(graph.parents(node)))
            return "the parents of node " + std::to_string(node) + " differ from the recorded ones";
    }
    return "";
}

Result<Difference> run_labels(const Json& test) {
    STRATA_TRY(const auto config, seal_config_of(test));
    STRATA_TRY(const auto replica_id, hash_field(test, "replica_id"));
    STRATA_TRY(const auto parents, proofs::ParentTable::load(config.graph(), {}, {}));
    std::vector<proofs::Node> below;
    std::vector<proofs::Node> labels(config.nodes());
    std::uint32_t number = 0;
    for (const auto& layer : test.at("layers")) {
        STRATA_OK(proofs::label_layer(parents, replica_id, ++number, below, labels, {}));
        const auto of_layer = " of layer " + std::to_string(number) + " differs from the recorded one";
        if (layer.at("layer") != number)
            return "the record lists layer " + layer.at("layer").dump() + ", expected " + std::to_string(number);
        if (layer.at("first") != to_hex(labels[0]) || layer.at("second") != to_hex(labels[1]))
            return "the first or second label" + of_layer;
        if (layer.at("last") != to_hex(labels.back())) return "the last label" + of_layer;
        if (layer.at("sha256") != to_hex(crypto::sha256(proofs::bytes_of(labels)))) return "the SHA-256" + of_layer;
        below = labels;
    }
    return "";
}

Result<Difference> run_porep_challenges(const Json& test) {
    STRATA_TRY(const auto config, seal_config_of(test));
    proofs::ChallengeSeeds seeds;
    STRATA_TRY(seeds.replica_id, hash_field(test, "replica_id"));
    STRATA_TRY(seeds.comm_r, hash_field(test, "comm_r"));
    STRATA_TRY(seeds.seed, hash_field(test, "seed"));
    Json got = Json::array();
    for (std::size_t k = 0; k < config.partitions; ++k) got.push_back(proofs::porep_challenges(config, seeds, k));
    if (got != test.at("challenges")) return "the challenges differ from the recorded ones";
    if (!test.contains("synthetic_le64_sha256")) return "";
    const proofs::SyntheticChallenges synthetic(config.nodes(), seeds.replica_id, seeds.comm_r);
    if (synthetic.count() != test.at("synthetic_count").get<std::uint64_t>())
        return "there are " + std::to_string(synthetic.count()) + " synthetic challenges, expected " +
               test.at("synthetic_count").dump();
    Bytes all(8 * synthetic.count());
    for (std::uint64_t i = 0; i < synthetic.count(); ++i) store_le(all.data() + 8 * i, synthetic[i]);
    return test.at("synthetic_le64_sha256") == to_hex(crypto::sha256(all))
               ? ""
               : "the synthetic challenges differ from the recorded ones";
}

Result<Difference> run_post_challenges(const Json& test) {
    STRATA_TRY(const auto size, proofs::parse_sector_bytes(test.at("sector").get<std::string>()));
    STRATA_TRY(const auto randomness, hash_field(test, "randomness"));
    STRATA_TRY(const auto prover_id, hash_field(test, "prover_id"));
    const bool winning = test.at("kind") == "winning";
    const bool first_rules = test.at("post_rules") == "1.0.0";
    STRATA_TRY(const auto config,
               proofs::PostConfig::of(size, winning ? proofs::PostKind::winning : proofs::PostKind::window,
                                      first_rules ? proofs::PostRules::by_position : proofs::PostRules::by_sector));
    std::uint64_t position = 0;
    for (const auto& sector : test.at("challenges")) {
        const SectorNumber number = sector.at("sector_number");
        if (Json(proofs::post_leaves(config, randomness, number, position++)) != sector.at("leaves"))
            return "the leaves of sector " + std::to_string(number) + " differ from the recorded ones";
    }
    if (!test.contains("winning_sector")) return "";
    const auto index = proofs::winning_sector_index(prover_id, randomness, test.at("set_size"));
    const auto& wanted = test.at("winning_sector");
    return (wanted.is_array() ? wanted.at(0) : wanted) == index
               ? ""
               : "the winning sector has index " + std::to_string(index) + ", expected " + wanted.dump();
}

using Runner = Result<Difference> (*)(const Json&);

// Returns the runner of a case, whose kind is known by its fields; null if the kind is unknown.
Runner runner_of(const Json& test) {
    const auto has = [&](const char* field) { return test.contains(field); };
    if (has("payload_size") && has("commitment")) return run_commp;
    if (has("padded_sha256")) return run_fr32;
    if (has("arity") && has("cases")) return run_poseidon;
    if (has("rows") && has("porep_id")) return run_parents;
    if (has("layers") && has("replica_id")) return run_labels;
    if (has("comm_r") && has("seed") && has("challenges") && !has("comm_c")) return run_porep_challenges;
    if (has("kind") && has("challenges") && !has("inputs")) return run_post_challenges;
    return nullptr;
}

bool is_whole_seal(const Json& test) {
    return test.contains("sealed_sha256") && test.contains("comm_c");
}
bool is_whole_post(const Json& test) {
    return test.contains("leaves_of_first_sector");
}
bool is_update(const Json& test) {
    return test.contains("phi") && test.contains("comm_r_new");
}
bool is_collection(const Json& document) {
    return document.contains("seal_known_answers");
}

void run_simple(Runner run, const Json& test, const std::string& name, Report& report) {
    const auto difference = run(test);
    if (!difference) return report.fail(name, difference.error().message());
    report.expect(difference->empty(), name, *difference);
}

void run_case(const Json& test, const std::string& name, const std::filesystem::path& file, Report& report) {
    try {
        if (const auto runner = runner_of(test)) return run_simple(runner, test, name, report);
        if (is_whole_seal(test)) return run_seal_case(test, name, file, report);
        if (is_whole_post(test)) return run_post_case(test, name, file, report);
        if (is_update(test)) return run_update_case(test, name, file, report);
        report.fail(name, "the fields of the case do not match any kind of case");
    } catch (const Json::exception& error) {
        report.fail(name, error.what());
    }
}

class ProofsVanilla final : public Suite {
  public:
    std::string_view name() const override { return "proofs vanilla"; }
    bool recognises(const VectorFile& file) const override {
        if (file.extension() != ".json" || !may_be_ours(file.text())) return false;
        const Json document = parse_json(file);
        if (!document.is_object()) return false;
        if (is_collection(document)) return true;
        if (!document.contains("cases") || !document.at("cases").is_array() || document.at("cases").empty())
            return false;
        const auto& first = document.at("cases").at(0);
        return runner_of(first) != nullptr || is_whole_seal(first) || is_whole_post(first) || is_update(first);
    }
    void run(const VectorFile& file, Report& report) const override {
        const Json document = parse_json(file);
        if (is_collection(document)) return run_collected_vectors(document, report);
        for (const auto& test : document.value("constants", Json::array()))
            run_simple(run_poseidon_constants, test, "constants " + test.value("arity", std::string("?")), report);
        for (const auto& test : document.at("cases")) {
            const auto name = test.value("command", file.name());
            run_case(test, name, file.path(), report);
            if (test.contains("snark")) run_snark_case(test, file.path(), name, report);
        }
    }

  private:
    /// Guesses without parsing, because large files of other suites should not be parsed twice.
    static bool may_be_ours(const std::string& text) {
        return text.contains("\"command\"") || text.contains("\"seal_known_answers\"");
    }
};

}  // namespace

const Suite& proofs_vanilla() {
    static const ProofsVanilla suite;
    return suite;
}

}  // namespace strata::conformance
