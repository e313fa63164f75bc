// Runs reference/proofs_vectors.json: published and re-derived values of every part of proofs below the SNARK.
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/conformance/data_pattern.hpp>
#include <strata/conformance/proofs_verify.hpp>
#include <strata/conformance/sealing_world.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/keccak.hpp>
#include <strata/crypto/poseidon.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/merkle/replica_tree.hpp>
#include <strata/proofs/piece/fr32.hpp>
#include <strata/proofs/piece/staging.hpp>
#include <strata/proofs/porep/challenges.hpp>
#include <strata/proofs/post/post_config.hpp>
#include <strata/proofs/sdr/labels.hpp>
#include <strata/proofs/update/update.hpp>

namespace strata::conformance {

namespace fs = std::filesystem;
using crypto::Fr;

namespace {

// The largest parent table that is built completely, in nodes: by default, and with --slow (1 GB of memory).
constexpr std::uint64_t kQuickTable = std::uint64_t{1} << 20;
constexpr std::uint64_t kSlowTable = std::uint64_t{1} << 24;

Result<Fr> element_field(const Json& test, const char* name) {
    STRATA_TRY(const auto bytes, hash_field(test, name));
    return Fr::from_bytes(bytes);
}

/// Checks CommP, commitments to zeros, the alignment of pieces, and which bytes are field elements.
Status run_pieces(const Json& document, Report& report) {
    for (const auto& [list, byte] : {std::pair{"payload_all_zero", 0x00}, std::pair{"payload_all_0xCC", 0xcc}})
        for (const auto& test : document.at("piece_commitment").at(list)) {
            const std::uint64_t payload = test.at("payload_size");
            const auto name = std::string(list) + " " + std::to_string(payload);
            if (payload > std::uint64_t{1} << 28 && !report.slow()) {
                report.skip(name, "the case takes more than a minute; --slow runs it");
                continue;
            }
            std::uint64_t left = payload;
            const auto read = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
                const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left, out.size()));
                std::ranges::fill(out.first(n), static_cast<std::uint8_t>(byte));
                left -= n;
                return n;
            };
            STRATA_TRY(const auto piece, proofs::piece_commitment(read));
            report.expect(test.at("piece_size") == piece.padded_size &&
                              test.at("commitment") == to_hex(piece.commitment) &&
                              test.at("cid") == proofs::piece_cid(piece.commitment).to_string(),
                          name);
        }
    for (const auto& [size, root] : document.at("zero_commitment_by_padded_size").at("values").items())
        report.expect(root == to_hex(proofs::zero_commitment(std::stoull(size))), "zero commitment " + size);
    for (const auto& row : document.at("piece_alignment").at("rows"))
        report.expect(proofs::piece_alignment(row.at(0), row.at(1)) == proofs::PieceAlignment{row.at(2), row.at(3)},
                      "piece alignment " + row.dump());
    for (const auto& test : document.at("fr32_valid_field_bytes").at("cases"))
        report.expect(test.at("ok") == Fr::from_bytes(hex_of(test.at("bytes"))).has_value(),
                      "field bytes " + test.at("bytes").get<std::string>());
    return {};
}

/// Checks seeds, keys, names and sample parents of the graphs, and complete parent tables if they are small enough.
Status run_graph(const Json& document, Report& report) {
    for (const auto& test : document.at("graph").at("entries")) {
        const std::int64_t number = test.at("registered_seal_proof");
        const auto name = "graph of seal proof " + std::to_string(number);
        STRATA_TRY(const auto config, proofs::SealConfig::of(static_cast<RegisteredSealProof>(number)));
        const auto graph = config.graph();
        Json keys = Json::array();
        for (const auto key : graph.feistel_keys()) {
            ByteArray<8> bytes;
            store_be(bytes.data(), key);
            keys.push_back(to_hex(bytes));
        }
        report.expect(test.at("porep_id") == to_hex(config.porep_id), name + ": porep id");
        report.expect(test.at("drg_seed") == to_hex(graph.drg_seed()), name + ": seed");
        report.expect(test.at("feistel_keys") == keys, name + ": keys", keys.dump());
        if (!test.at("parent_cache_file_stem").is_null())
            report.expect(test.at("parent_cache_file_stem").get<std::string>() + ".cache" == graph.cache_file_name(),
                          name + ": file name");
        bool same = true;
        for (const auto& [node, parents] : test.at("parents").items())
            same = same && parents == Json(graph.parents(std::stoull(node)));
        report.expect(same, name + ": sample parents");
        if (test.at("parent_cache_sha256").is_null()) continue;
        if (graph.nodes() > (report.slow() ? kSlowTable : kQuickTable)) {
            report.skip(name + ": complete table",
                        "the table of " + std::to_string(graph.nodes()) + " nodes takes too long to build");
            continue;
        }
        STRATA_TRY(const auto table, proofs::ParentTable::load(graph, {}, {}));
        report.expect(test.at("parent_cache_sha256") == to_hex(crypto::sha256(table.bytes())),
                      name + ": complete table");
    }
    return {};
}

/// Checks the last label of the last layer, which depends on all labels before it.
Status run_last_labels(const Json& document, Report& report) {
    const auto& all = document.at("labels_last_of_last_layer");
    STRATA_TRY(const auto replica_id, hash_field(all, "replica_id"));
    for (const auto& test : all.at("cases")) {
        STRATA_TRY(const auto porep_id, hash_field(test, "porep_id"));
        const std::uint64_t nodes = test.at("nodes");
        const proofs::StackedGraph graph(
            nodes, porep_id, test.at("api") == "V1_0_0" ? proofs::GraphRules::v1_0 : proofs::GraphRules::v1_1);
        STRATA_TRY(const auto parents, proofs::ParentTable::load(graph, {}, {}));
        std::vector<proofs::Node> below;
        std::vector<proofs::Node> labels(nodes);
        for (std::uint32_t layer = 1; layer <= all.at("layers").get<std::uint32_t>(); ++layer) {
            STRATA_OK(proofs::label_layer(parents, replica_id, layer, below, labels, {}));
            below = labels;
        }
        report.expect(test.at("label") == to_hex(labels.back()), "last label of " + std::to_string(nodes) + " nodes");
    }
    return {};
}

/// Checks the challenges of synthetic PoRep, sector update and PoSt.
Status run_challenges(const Json& document, Report& report) {
    const auto& synthetic = document.at("synthetic_challenges");
    const auto element = [&](const char* name) { return Fr::from_u64(synthetic.at(name)).to_bytes(); };
    const proofs::SyntheticChallenges challenges(synthetic.at("sector_nodes"), element("replica_id_fr"),
                                                 element("comm_r_fr"), synthetic.at("num_synthetic"));
    STRATA_TRY(const auto seed, hash_field(synthetic, "seed"));
    Json all = Json::array();
    for (std::uint64_t i = 0; i < challenges.count(); ++i) all.push_back(challenges[i]);
    report.expect(synthetic.at("synthetic") == all, "synthetic challenges");
    Json selected = Json::array();
    for (std::uint64_t j = 0; j < synthetic.at("selected_10").size(); ++j)
        selected.push_back(challenges[challenges.selected(seed, j)]);
    report.expect(synthetic.at("selected_10") == selected, "selected synthetic challenges");

    const auto& updates = document.at("empty_sector_update_challenges");
    STRATA_TRY(const auto comm_r_new, element_field(updates, "comm_r_new"));
    for (const auto& test : updates.at("cases")) {
        const auto name =
            "update challenges of " + test.at("sector_nodes").dump() + " nodes, " + test.at("partition").dump();
        STRATA_TRY(const auto shape,
                   proofs::update_shape(test.at("sector_nodes").get<std::uint64_t>() * proofs::kNodeSize));
        auto got = proofs::update_challenges(shape, comm_r_new, test.at("partition"));
        got.resize(test.at("first_five").size());
        report.expect(test.at("first_five") == Json(got), name);
    }

    const auto& post = document.at("post_challenges");
    STRATA_TRY(const auto randomness, hash_field(post, "randomness"));
    std::vector<std::uint64_t> leaves;
    for (std::uint64_t q = 0; q < 10; ++q) leaves.push_back(proofs::post_leaf(randomness, 77, q, 64));
    report.expect(post.at("leaf_challenges_sector77_64nodes") == Json(leaves), "PoSt leaves");
    const auto& winning = post.at("winning_sector_index");
    STRATA_TRY(const auto prover_id, hash_field(winning, "prover_id"));
    STRATA_TRY(const auto draw, hash_field(winning, "randomness"));
    report.expect(winning.at("n0") == proofs::winning_sector_index(prover_id, draw, winning.at("set_size")),
                  "winning sector");
    return {};
}

/// Checks the public inputs of a real PoRep that a third party made.
Status run_third_party_inputs(const Json& document, Report& report) {
    const auto& porep = document.at("groth16_porep_2kib_third_party");
    proofs::SealSubject subject;
    // The PoRep ID is zero, although the graph has the later order of parents.
    STRATA_TRY(subject.config,
               proofs::SealConfig::of(2048, {}, proofs::GraphRules::v1_1, proofs::SealFeature::interactive));
    STRATA_TRY(subject.prover_id, hash_field(porep, "prover_id"));
    STRATA_TRY(subject.ticket, hash_field(porep, "ticket"));
    subject.number = porep.at("sector");
    STRATA_TRY(const auto comm_d, hash_field(porep, "comm_d"));
    STRATA_TRY(const auto comm_r, hash_field(porep, "comm_r"));
    STRATA_TRY(const auto seed, hash_field(porep, "seed"));
    const proofs::ChallengeSeeds seeds{proofs::replica_id_of(subject, comm_d), comm_r, seed};
    STRATA_TRY(const auto inputs,
               proofs::porep_public_inputs(subject.config, subject.config.graph(), seeds, comm_d, 0));
    bool same = inputs.size() == porep.at("derived_public_inputs").size();
    for (std::size_t i = 0; same && i < inputs.size(); ++i) {
        const auto& wanted = porep.at("derived_public_inputs").at(i);
        same = wanted.is_string() ? wanted == inputs[i].to_hex() : inputs[i] == Fr::from_u64(wanted);
    }
    report.expect(same, "public inputs of a third party's PoRep");
    return {};
}

/// Returns the data from which a known seal was made.
Result<Bytes> seal_data(const std::string& name, std::uint64_t size) {
    Bytes out(size);
    if (name == "zero bytes") return out;
    constexpr std::string_view kShake = "SHAKE-256('";
    const auto end = name.find("')");
    if (!name.starts_with(kShake) || end == std::string::npos)
        return fail(Errc::unsupported, "the data '" + name + "' are unknown, expected zero bytes or SHAKE-256('SEED')");
    const auto seed = name.substr(kShake.size(), end - kShake.size());
    crypto::keccak(as_bytes(seed), 136, 0x1f, out);  // SHAKE-256: rate 136, padding 0x1f (FIPS 202)
    return out;
}

/// Seals a sector from the recorded data and compares every commitment, layer and challenge.
Status run_seal(const Json& recorded, const std::string& name, Report& report) {
    Json test = recorded;
    const auto version = test.at("version").get<std::string>();
    test["rules"] = version == "V1" ? "1.0.0" : "1.1.0";
    if (version == "Synthetic") test["features"] = {"synthetic-porep"};
    if (version == "NonInteractive") test["features"] = {"non-interactive-porep"};
    STRATA_TRY(const auto subject, subject_of(test));
    STRATA_TRY(const auto data, seal_data(test.at("data"), proofs::raw_size(subject.config.sector_size)));
    const WorkFolder work;
    const proofs::SealPaths paths{work.path() / "cache", work.path() / "staged", work.path() / "sealed", {}};
    fs::create_directories(paths.cache);
    bool is_read = false;  // the reader gives all data at once
    const auto reader = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
        if (std::exchange(is_read, true) || data.size() > out.size()) return std::size_t{0};
        std::ranges::copy(data, out.begin());
        return data.size();
    };
    STRATA_OK(proofs::stage_piece(reader, subject.config.sector_size, paths.staged, 0));
    STRATA_TRY(const auto phase1, proofs::seal_pre_commit_phase1(subject, paths, {}));
    STRATA_TRY(const auto commitments, proofs::seal_pre_commit_phase2(subject, paths, phase1));
    Comparison with(test, name, report);
    with.field("comm_d", to_hex(commitments.comm_d));
    with.field("replica_id", to_hex(phase1.replica_id));
    with.field("comm_c", to_hex(commitments.comm_c));
    with.field("comm_r_last", to_hex(commitments.comm_r_last));
    with.field("comm_r", to_hex(commitments.comm_r));
    STRATA_TRY(const auto replica, file_sha256(paths.sealed));
    with.field("replica_sha256", replica);
    Json layers = Json::array();
    for (std::uint32_t layer = 1; layer <= subject.config.layers; ++layer) {
        STRATA_TRY(const auto digest, file_sha256(paths.cache / proofs::layer_file_name(layer)));
        layers.push_back(digest);
    }
    with.field("layer_sha256", layers);
    STRATA_TRY(const auto seed, hash_field(test, "seed"));
    const proofs::ChallengeSeeds seeds{phase1.replica_id, commitments.comm_r, seed};
    Json challenges = Json::array();
    for (std::size_t k = 0; k < subject.config.partitions; ++k)
        challenges.push_back(proofs::porep_challenges(subject.config, seeds, k));
    if (test.contains("porep_challenges")) with.field("porep_challenges", challenges[0]);
    if (test.contains("porep_challenges_by_partition")) with.field("porep_challenges_by_partition", challenges);
    return {};
}

Status run_seals(const Json& document, Report& report) {
    std::size_t number = 0;
    for (const auto& test : document.at("seal_known_answers").at("cases"))
        STRATA_OK(run_seal(test,
                           "seal " + std::to_string(number++) + " " + test.at("sector").get<std::string>() + " " +
                               test.at("version").get<std::string>(),
                           report));
    return {};
}

/// Checks replica ids of published seals, whose data is not published.
Status run_replica_ids(const Json& document, Report& report) {
    std::size_t number = 0;
    for (const auto& test : document.at("seal_regression_v28").at("subset")) {
        const auto name = "replica id " + std::to_string(number++);
        if (!test.contains("replica_id_model")) continue;
        proofs::SealSubject subject;
        STRATA_TRY(subject.prover_id, hash_field(test, "prover_id"));
        STRATA_TRY(subject.ticket, hash_field(test, "ticket"));
        STRATA_TRY(subject.config.porep_id, hash_field(test, "porep_id"));
        subject.number = test.at("sector_id");
        STRATA_TRY(const auto comm_d, hash_field(test, "comm_d"));
        report.expect(test.at("replica_id_model") == to_hex(proofs::replica_id_of(subject, comm_d)), name);
    }
    return {};
}

}  // namespace

void run_collected_vectors(const Json& document, Report& report) {
    const std::pair<const char*, Status (*)(const Json&, Report&)> parts[] = {{"pieces", run_pieces},
                                                                              {"graph", run_graph},
                                                                              {"labels", run_last_labels},
                                                                              {"challenges", run_challenges},
                                                                              {"inputs", run_third_party_inputs},
                                                                              {"seals", run_seals},
                                                                              {"replica ids", run_replica_ids}};
    for (const auto& [name, run] : parts) {
        try {
            if (const auto status = run(document, report); !status) report.fail(name, status.error().message());
        } catch (const std::exception& error) {
            report.fail(name, error.what());
        }
    }
    try {
        run_collected_proofs(document, report);
    } catch (const Json::exception& error) {
        report.fail("proofs", error.what());
    }
}

}  // namespace strata::conformance
