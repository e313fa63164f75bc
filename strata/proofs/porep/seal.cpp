#include <strata/proofs/porep/seal.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/thread_pool.hpp>
#include <strata/crypto/poseidon.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/porep/challenges.hpp>
#include <strata/proofs/porep/synthetic_file.hpp>
#include <strata/proofs/sdr/labels.hpp>

namespace strata::proofs {

namespace fs = std::filesystem;
using crypto::Fr;

namespace {

/// A file gets its final name only when it is complete, so a file with the right length is finished.
bool is_finished(const fs::path& path, std::uint64_t size) {
    std::error_code error;
    return fs::file_size(path, error) == size && !error;
}

/// Opens TreeD, or builds it from the staged data.
Result<DataTree> data_tree(const SealSubject& subject, const SealPaths& paths, const Watch& watch) {
    const auto file = paths.cache / kDataTreeFile;
    if (auto tree = DataTree::open(file, subject.config.nodes())) return tree;
    STRATA_TRY(const auto staged, MappedFile::open(paths.staged));
    if (staged.bytes().size() > subject.config.sector_size || staged.bytes().size() % kNodeSize != 0)
        return fail(Errc::invalid_argument, paths.staged.string() + " has " + std::to_string(staged.bytes().size()) +
                                                " bytes, expected a multiple of 32, at most " +
                                                std::to_string(subject.config.sector_size) + " (the sector size)");
    return DataTree::build(file, subject.config.nodes(), nodes_of(staged.bytes()), watch);
}

/// Makes the layers that are missing. Since a layer needs only the one below, a stopped run continues at the layer
/// where it stopped.
Status make_layers(const SealConfig& config, const Hash256& replica_id, const fs::path& folder,
                   const std::string& parent_cache, const Watch& watch) {
    std::optional<ParentTable> parents;
    MappedFile below;
    for (std::uint32_t layer = 1; layer <= config.layers; ++layer) {
        const auto file = folder / layer_file_name(layer);
        if (!is_finished(file, config.sector_size)) {
            if (!parents) {
                STRATA_TRY(parents, ParentTable::load(config.graph(), parent_cache, watch));
            }
            STRATA_TRY(auto labels, MappedWriter::create(file, config.sector_size));
            STRATA_OK(
                label_layer(*parents, replica_id, layer, nodes_of(below.bytes()), nodes_of(labels.writable()), watch));
            STRATA_OK(labels.commit());
        }
        STRATA_TRY(below, MappedFile::open(file));
    }
    return {};
}

Result<std::vector<MappedFile>> open_layers(const SealConfig& config, const fs::path& folder) {
    std::vector<MappedFile> out;
    for (std::uint32_t layer = 1; layer <= config.layers; ++layer) {
        STRATA_TRY(auto file, MappedFile::open_sized(folder / layer_file_name(layer), config.sector_size));
        out.push_back(std::move(file));
    }
    return out;
}

/// Computes the leaves of TreeC, which are hashes of columns.
LeafSource column_hashes(const std::vector<MappedFile>& layers) {
    return [&layers](std::uint64_t first, std::span<Fr> out) -> Status {
        const auto& constants = crypto::merkle_poseidon_constants(static_cast<unsigned>(layers.size()));
        std::vector<Fr> columns;
        columns.reserve(out.size() * layers.size());
        for (std::size_t i = 0; i < out.size(); ++i)
            for (const auto& layer : layers) {
                STRATA_TRY(const auto label, Fr::from_bytes(nodes_of(layer.bytes())[first + i]));
                columns.push_back(label);
            }
        crypto::poseidon_many(constants, columns, out);
        return {};
    };
}

/// Computes the leaves of TreeRLast, which are data plus the labels of the last layer, and writes them as the replica.
LeafSource encoded_leaves(std::span<const Node> data, std::span<const Node> labels, std::span<Node> replica) {
    return [=](std::uint64_t first, std::span<Fr> out) -> Status {
        for (std::size_t i = 0; i < out.size(); ++i) {
            STRATA_TRY(const auto label, Fr::from_bytes(labels[first + i]));
            STRATA_TRY(const auto value, Fr::from_bytes(data[first + i]));
            out[i] = label + value;
            replica[first + i] = out[i].to_bytes();
        }
        return {};
    };
}

Result<PorepPublicValues> public_values(const SealSubject& subject, const SealCommitments& commitments) {
    PorepPublicValues out;
    out.replica_id = Fr::from_bytes_trimmed(replica_id_of(subject, commitments.comm_d));
    STRATA_TRY(out.comm_d, Fr::from_bytes(commitments.comm_d));
    STRATA_TRY(out.comm_c, Fr::from_bytes(commitments.comm_c));
    STRATA_TRY(out.comm_r_last, Fr::from_bytes(commitments.comm_r_last));
    STRATA_TRY(out.comm_r, Fr::from_bytes(commitments.comm_r));
    return out;
}

/// Reads the challenged nodes from the file that was made before the seed was known; layers and TreeC may have been
/// removed.
Result<std::vector<std::vector<PorepChallengeValues>>> proofs_from_file(const SealConfig& config,
                                                                        const SyntheticFile& file,
                                                                        const SyntheticChallenges& synthetic,
                                                                        const Hash256& seed) {
    std::vector<std::vector<PorepChallengeValues>> out(config.partitions);
    for (std::size_t k = 0; k < config.partitions; ++k)
        for (std::size_t i = 0; i < config.challenges; ++i) {
            STRATA_TRY(auto shown, file.read(synthetic.selected(seed, k * config.challenges + i)));
            out[k].push_back(std::move(shown));
        }
    return out;
}

/// Collects the evidence about the challenged nodes from layers and trees.
Result<std::vector<std::vector<PorepChallengeValues>>> proofs_from_trees(const SealConfig& config,
                                                                         const SealedSector& sector,
                                                                         const ChallengeSeeds& seeds,
                                                                         const Watch& watch) {
    const auto graph = config.graph();
    std::vector<std::vector<PorepChallengeValues>> out(config.partitions);
    for (std::size_t k = 0; k < config.partitions; ++k) {
        STRATA_OK(watch.at("vanilla proofs", static_cast<double>(k) / static_cast<double>(config.partitions)));
        for (const auto challenge : porep_challenges(config, seeds, k)) {
            STRATA_TRY(auto shown, sector.evidence(challenge, graph.parents(challenge)));
            out[k].push_back(std::move(shown));
        }
    }
    return out;
}

}  // namespace

std::string layer_file_name(std::uint32_t layer) {
    return "sc-02-data-layer-" + std::to_string(layer) + ".dat";
}

Result<PreCommit1> seal_pre_commit_phase1(const SealSubject& subject, const SealPaths& paths,
                                          std::span<const PieceInfo> pieces, const Watch& watch) {
    STRATA_TRY(const auto tree, data_tree(subject, paths, watch));
    PreCommit1 out;
    out.comm_d = tree.root();
    if (!pieces.empty()) {
        // A sector is worthless if its data is not that of its deals, so this check comes before the labels, which take
        // hours.
        STRATA_TRY(const auto expected, sector_comm_d(subject.config.sector_size, pieces));
        if (expected != out.comm_d)
            return fail(Errc::verification, "the staged data has CommD " + to_hex(out.comm_d) +
                                                ", but the pieces have CommD " + to_hex(expected));
    }
    out.replica_id = replica_id_of(subject, out.comm_d);
    STRATA_OK(make_layers(subject.config, out.replica_id, paths.cache, paths.parent_cache, watch));
    return out;
}

Result<SealCommitments> seal_pre_commit_phase2(const SealSubject& subject, const SealPaths& paths,
                                               const PreCommit1& phase1, const Watch& watch) {
    const auto& config = subject.config;
    const ReplicaTreeShape shape(config.log2_nodes);
    STRATA_TRY(const auto layers, open_layers(config, paths.cache));
    STRATA_TRY(const auto data, DataTree::open(paths.cache / kDataTreeFile, config.nodes()));
    STRATA_TRY(const auto comm_c,
               build_replica_tree(shape, column_hashes(layers), paths.cache, kTreeCStem, /*first_row=*/0, watch));
    // Building TreeRLast computes each leaf of the replica once, and writes it into the replica on the way.
    STRATA_TRY(auto replica, MappedWriter::create(paths.sealed, config.sector_size));
    const auto replica_leaves =
        encoded_leaves(data.leaves(), nodes_of(layers.back().bytes()), nodes_of(replica.writable()));
    STRATA_TRY(const auto comm_r_last,
               build_replica_tree(shape, replica_leaves, paths.cache, kTreeRLastStem, shape.first_kept_row(), watch));
    STRATA_OK(replica.commit());
    STRATA_OK(write_commitments(paths.cache, comm_c, comm_r_last));
    return SealCommitments{phase1.comm_d, comm_c.to_bytes(), comm_r_last.to_bytes(),
                           comm_r_of(comm_c, comm_r_last).to_bytes()};
}

Status generate_synthetic_proofs(const SealSubject& subject, const SealPaths& paths, const SealCommitments& commitments,
                                 const Watch& watch) {
    if (subject.config.feature != SealFeature::synthetic)
        return fail(Errc::invalid_argument, "the seal proof is not of a synthetic type, so it has no synthetic proofs");
    STRATA_TRY(const auto sector, SealedSector::open(subject.config, paths));
    const SyntheticChallenges challenges(subject.config.nodes(), replica_id_of(subject, commitments.comm_d),
                                         commitments.comm_r);
    return write_synthetic_file(subject.config, sector, challenges, paths.cache / kSyntheticFile, watch);
}

Result<VanillaSealProof> seal_commit_phase1(const SealSubject& subject, const SealPaths& paths,
                                            const SealCommitments& commitments, const Hash256& seed,
                                            const Watch& watch) {
    const auto& config = subject.config;
    VanillaSealProof out;
    STRATA_TRY(out.commitments, public_values(subject, commitments));
    const ChallengeSeeds seeds{out.commitments.replica_id.to_bytes(), commitments.comm_r, seed};
    const SyntheticChallenges synthetic(config.nodes(), seeds.replica_id, seeds.comm_r);
    std::error_code error;
    if (config.feature == SealFeature::synthetic && fs::exists(paths.cache / kSyntheticFile, error)) {
        STRATA_TRY(const auto file, SyntheticFile::open(config, synthetic.count(), paths.cache / kSyntheticFile));
        STRATA_TRY(out.partitions, proofs_from_file(config, file, synthetic, seed));
    } else {
        STRATA_TRY(const auto sector, SealedSector::open(config, paths));
        STRATA_TRY(out.partitions, proofs_from_trees(config, sector, seeds, watch));
    }
    // Damaged files are noticed here, before the long work on a SNARK that would not verify.
    STRATA_OK(check_vanilla_seal_proof(config, out, seed));
    return out;
}

Status write_commitments(const fs::path& cache, const Fr& comm_c, const Fr& comm_r_last) {
    Bytes out = to_bytes(comm_c.to_bytes());
    append(out, comm_r_last.to_bytes());
    return write_file(cache / kCommitmentsFile, out);
}

Result<SealCommitments> read_commitments(const fs::path& cache, const Hash256& comm_d) {
    STRATA_TRY(const auto file, MappedFile::open_sized(cache / kCommitmentsFile, 2 * kNodeSize));
    const auto nodes = nodes_of(file.bytes());
    STRATA_TRY(const auto comm_c, Fr::from_bytes(nodes[0]));
    STRATA_TRY(const auto comm_r_last, Fr::from_bytes(nodes[1]));
    return SealCommitments{comm_d, nodes[0], nodes[1], comm_r_of(comm_c, comm_r_last).to_bytes()};
}

Status clear_cache(const SealConfig& config, const fs::path& cache) {
    std::error_code error;
    const auto remove = [&](const std::string& name) {
        if (!error) fs::remove(cache / name, error);
    };
    // TreeRLast and p_aux stay, since every PoSt of the sector needs them.
    for (std::uint32_t layer = 1; layer <= config.layers; ++layer) remove(layer_file_name(layer));
    remove(std::string(kDataTreeFile));
    const ReplicaTreeShape shape(config.log2_nodes);
    for (std::uint64_t tree = 0; tree < shape.base_trees; ++tree) remove(shape.file_name(kTreeCStem, tree));
    if (error)
        return fail(Errc::io, "cannot remove a file from the cache folder " + cache.string() + ": " + error.message());
    return {};
}

Status unseal(const SealSubject& subject, const Hash256& comm_d, const fs::path& sealed, const fs::path& work,
              const std::string& parent_cache, const fs::path& out, const Watch& watch) {
    const auto& config = subject.config;
    STRATA_OK(make_layers(config, replica_id_of(subject, comm_d), work, parent_cache, watch));
    STRATA_TRY(const auto labels, MappedFile::open(work / layer_file_name(config.layers)));
    STRATA_TRY(const auto replica, MappedFile::open_sized(sealed, config.sector_size));
    STRATA_TRY(auto data, MappedWriter::create(out, config.sector_size));
    // Sealing added label and data, so unsealing computes the labels again and subtracts them.
    for (std::size_t i = 0; i < config.nodes(); ++i) {
        STRATA_TRY(const auto label, Fr::from_bytes(nodes_of(labels.bytes())[i]));
        STRATA_TRY(const auto value, Fr::from_bytes(nodes_of(replica.bytes())[i]));
        nodes_of(data.writable())[i] = (value - label).to_bytes();
    }
    return data.commit();
}

}  // namespace strata::proofs
