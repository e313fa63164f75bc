#include <strata/proofs/porep/sealed_sector.hpp>

#include <strata/proofs/sdr/labels.hpp>

namespace strata::proofs {

using crypto::Fr;

Result<SealedSector> SealedSector::open(const SealConfig& config, const SealPaths& paths) {
    SealedSector out;
    for (std::uint32_t layer = 1; layer <= config.layers; ++layer) {
        STRATA_TRY(auto file, MappedFile::open_sized(paths.cache / layer_file_name(layer), config.sector_size));
        out.layers_.push_back(std::move(file));
    }
    STRATA_TRY(out.replica_, MappedFile::open_sized(paths.sealed, config.sector_size));
    STRATA_TRY(out.data_tree_, DataTree::open(paths.cache / kDataTreeFile, config.nodes()));
    const ReplicaTreeShape shape(config.log2_nodes);
    STRATA_TRY(out.tree_c_, ReplicaTree::open(shape, paths.cache, kTreeCStem));
    STRATA_TRY(out.tree_r_last_, ReplicaTree::open(shape, paths.cache, kTreeRLastStem, nodes_of(out.replica_.bytes())));
    return out;
}

Result<std::vector<Fr>> SealedSector::column(std::uint64_t node) const {
    std::vector<Fr> out;
    for (const auto& layer : layers_) {
        STRATA_TRY(const auto label, Fr::from_bytes(nodes_of(layer.bytes())[node]));
        out.push_back(label);
    }
    return out;
}

Result<ColumnValues> SealedSector::column_with_path(std::uint64_t node) const {
    ColumnValues out;
    STRATA_TRY(out.rows, column(node));
    STRATA_TRY(out.path, tree_c_->path(node));
    return out;
}

Result<PorepChallengeValues> SealedSector::evidence(std::uint64_t challenge, const Parents& parents) const {
    PorepChallengeValues out;
    out.challenge = challenge;
    STRATA_TRY(out.data_path, data_tree_.path(challenge));
    STRATA_TRY(out.data_leaf, Fr::from_bytes(data_tree_.leaves()[challenge]));
    STRATA_TRY(out.replica_path, tree_r_last_->path(challenge));
    STRATA_TRY(out.column_path, tree_c_->path(challenge));
    for (std::size_t i = 0; i < kDrgParents; ++i) {
        STRATA_TRY(out.drg_parents[i], column_with_path(parents[i]));
    }
    for (std::size_t i = 0; i < kExpanderParents; ++i) {
        STRATA_TRY(out.expander_parents[i], column_with_path(parents[kDrgParents + i]));
    }
    return out;
}

}  // namespace strata::proofs
