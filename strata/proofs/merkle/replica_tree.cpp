#include <strata/proofs/merkle/replica_tree.hpp>

#include <optional>

#include <strata/base/mutex.hpp>
#include <strata/base/thread_pool.hpp>
#include <strata/crypto/poseidon.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

Error no_such_leaf(std::uint64_t index, std::uint64_t leaves) {
    return fail(Errc::out_of_range,
                "leaf " + std::to_string(index) + " does not exist; leaves are 0 to " + std::to_string(leaves - 1));
}

constexpr unsigned kArity = 8;
constexpr std::size_t kHashesAtOnce = 512;

Result<std::vector<Fr>> elements(std::span<const Node> nodes) {
    std::vector<Fr> out;
    out.reserve(nodes.size());
    for (const auto& node : nodes) {
        STRATA_TRY(const auto element, Fr::from_bytes(node));
        out.push_back(element);
    }
    return out;
}

std::vector<Fr> row_above(std::span<const Fr> row, unsigned arity) {
    std::vector<Fr> out(row.size() / arity);
    const auto& constants = crypto::merkle_poseidon_constants(arity);
    parallel_for(out.size(), kHashesAtOnce, [&](std::size_t begin, std::size_t end) {
        crypto::poseidon_many(constants, row.subspan(begin * arity, (end - begin) * arity),
                              std::span(out).subspan(begin, end - begin));
    });
    return out;
}

/// Computes the rows above the roots of base trees. The last row is the root alone.
std::vector<std::vector<Fr>> upper_rows(const ReplicaTreeShape& shape, std::vector<Fr> roots) {
    std::vector<std::vector<Fr>> rows{std::move(roots)};
    for (std::size_t level = shape.base_levels; level < shape.path.arities.size(); ++level)
        rows.push_back(row_above(rows.back(), shape.path.arities[level]));
    return rows;
}

/// Appends the siblings of node `index` of a row, in order.
void put_siblings(std::span<const Fr> row, std::uint64_t index, unsigned arity, std::vector<Fr>& siblings) {
    const std::uint64_t first = index / arity * arity;
    for (auto i = first; i < first + arity; ++i)
        if (i != index) siblings.push_back(row[i]);
}

/// Computes the leaves of one base tree and the row above them, part by part, so that the leaves need not be held in
/// memory. Unless `keep` is empty, the leaves are also written there.
class BaseBuilder {
  public:
    BaseBuilder(const ReplicaTreeShape& shape, const LeafSource& source, std::uint64_t tree, std::span<Node> keep)
        : source_(source), first_(tree * shape.base_leaves()), keep_(keep), row_(shape.row_nodes(1)) {}

    Result<std::vector<Fr>> run(const Watch& watch) {
        constexpr std::size_t kStep = std::size_t{1} << 15;
        for (std::size_t done = 0; done < row_.size(); done += kStep) {
            STRATA_OK(watch.at("tree", static_cast<double>(done) / static_cast<double>(row_.size())));
            parallel_for(std::min(kStep, row_.size() - done), kHashesAtOnce,
                         [&](std::size_t begin, std::size_t end) { part(done + begin, done + end); });
            const Lock lock(mutex_);
            if (error_) return std::move(*error_);
        }
        return std::move(row_);
    }

  private:
    void part(std::size_t begin, std::size_t end) {
        // Small steps keep the leaves of a step in the cache until they are hashed.
        for (; begin < end; begin += kHashesAtOnce) small_part(begin, std::min(end, begin + kHashesAtOnce));
    }
    void small_part(std::size_t begin, std::size_t end) {
        std::vector<Fr> leaves((end - begin) * kArity);
        if (auto status = source_(first_ + begin * kArity, leaves); !status) {
            const Lock lock(mutex_);
            error_ = std::move(status).error();
            return;
        }
        if (!keep_.empty())
            for (std::size_t i = 0; i < leaves.size(); ++i) keep_[begin * kArity + i] = leaves[i].to_bytes();
        crypto::poseidon_many(crypto::merkle_poseidon_constants(kArity), leaves,
                              std::span(row_).subspan(begin, end - begin));
    }

    const LeafSource& source_;
    std::uint64_t first_;
    std::span<Node> keep_;
    std::vector<Fr> row_;
    Mutex mutex_;
    std::optional<Error> error_ STRATA_GUARDED_BY(mutex_);
};

/// Builds one base tree row by row, and writes row `first_row` and those above it. Returns the tree's root.
Result<Fr> build_base_tree(const ReplicaTreeShape& shape, const LeafSource& source, std::uint64_t tree,
                           const std::filesystem::path& file, unsigned first_row, const Watch& watch) {
    STRATA_TRY(auto mapped, MappedWriter::create(file, shape.nodes_from(first_row) * kNodeSize));
    auto kept = nodes_of(mapped.writable());
    const auto kept_leaves = first_row == 0 ? kept.first(shape.base_leaves()) : std::span<Node>{};
    kept = kept.subspan(kept_leaves.size());
    STRATA_TRY(auto row, BaseBuilder(shape, source, tree, kept_leaves).run(watch));
    for (unsigned level = 1;; ++level) {
        if (level >= first_row) {
            for (std::size_t i = 0; i < row.size(); ++i) kept[i] = row[i].to_bytes();
            kept = kept.subspan(row.size());
        }
        if (row.size() == 1) break;
        row = row_above(row, kArity);
    }
    STRATA_OK(mapped.commit());
    return row[0];
}

}  // namespace

ReplicaTreeShape::ReplicaTreeShape(unsigned log2_nodes)
    : path(PathShape::of_replica(log2_nodes)), leaves(std::uint64_t{1} << log2_nodes), base_trees(1) {
    const auto upper = PathShape::above_base_of_replica(log2_nodes);
    for (const unsigned arity : upper) base_trees *= arity;
    base_levels = static_cast<unsigned>(path.arities.size() - upper.size());
}

std::uint64_t ReplicaTreeShape::nodes_from(unsigned level) const {
    std::uint64_t nodes = 0;
    for (; level <= base_levels; ++level) nodes += row_nodes(level);
    return nodes;
}

unsigned ReplicaTreeShape::first_kept_row() const {
    // The leaves and up to two rows above them are not stored; the root always is (docs/protocol/proofs.md §7).
    return std::min(2U, base_levels - 1) + 1;
}

std::string ReplicaTreeShape::file_name(std::string_view stem, std::uint64_t base_tree) const {
    std::string name(stem);
    if (base_trees > 1) name += "-" + std::to_string(base_tree);
    return name + ".dat";
}

Result<Fr> build_replica_tree(const ReplicaTreeShape& shape, const LeafSource& leaves,
                              const std::filesystem::path& folder, std::string_view stem, unsigned first_row,
                              const Watch& watch) {
    std::vector<Fr> roots;
    for (std::uint64_t tree = 0; tree < shape.base_trees; ++tree) {
        STRATA_TRY(const auto root,
                   build_base_tree(shape, leaves, tree, folder / shape.file_name(stem, tree), first_row, watch));
        roots.push_back(root);
    }
    return upper_rows(shape, std::move(roots)).back()[0];
}

Result<ReplicaTree> ReplicaTree::open(const ReplicaTreeShape& shape, const std::filesystem::path& folder,
                                      std::string_view stem, std::span<const Node> leaves) {
    ReplicaTree out(shape);
    out.outside_leaves_ = leaves;
    std::vector<Fr> roots;
    for (std::uint64_t tree = 0; tree < shape.base_trees; ++tree) {
        const auto path = folder / shape.file_name(stem, tree);
        STRATA_TRY(auto file, MappedFile::open(path));
        // The length of the file tells how many of the lowest rows it lacks.
        unsigned first_row = 0;
        while (first_row <= shape.base_levels && file.bytes().size() != shape.nodes_from(first_row) * kNodeSize)
            ++first_row;
        if (first_row > shape.base_levels || (tree > 0 && first_row != out.first_row_)) {
            const auto length = [&](unsigned row) { return std::to_string(shape.nodes_from(row) * kNodeSize); };
            return fail(Errc::malformed,
                        path.string() + " has " + std::to_string(file.bytes().size()) + " bytes, expected " +
                            (tree > 0 ? length(out.first_row_) + ", as in the sector's other trees"
                                      : length(0) + " (a tree with all rows) or " + length(shape.first_kept_row()) +
                                            " (a TreeRLast file, which lacks the lowest rows)"));
        }
        out.first_row_ = first_row;
        STRATA_TRY(const auto root, Fr::from_bytes(nodes_of(file.bytes()).back()));
        roots.push_back(root);
        out.files_.push_back(std::move(file));
    }
    if (out.first_row_ > 0 && leaves.size() != shape.leaves)
        return fail(Errc::malformed, "the replica of the tree in " + folder.string() + " has " +
                                         std::to_string(leaves.size()) + " nodes, expected " +
                                         std::to_string(shape.leaves));
    out.upper_ = upper_rows(shape, std::move(roots));
    out.root_ = out.upper_.back()[0];
    return out;
}

std::span<const Node> ReplicaTree::leaves_of(std::uint64_t base_tree) const {
    if (first_row_ == 0) return nodes_of(files_[base_tree].bytes()).first(shape_.base_leaves());
    return outside_leaves_.subspan(base_tree * shape_.base_leaves(), shape_.base_leaves());
}

Result<Fr> ReplicaTree::leaf(std::uint64_t index) const {
    if (index >= shape_.leaves) return no_such_leaf(index, shape_.leaves);
    return Fr::from_bytes(leaves_of(index / shape_.base_leaves())[index % shape_.base_leaves()]);
}

Status ReplicaTree::put_base_siblings(std::uint64_t base_tree, std::uint64_t leaf, std::vector<Fr>& siblings) const {
    // Rows below the first stored one are computed again: the 8^first_row leaves below one stored node form a small
    // tree, which contains all of these siblings.
    std::uint64_t index = leaf;
    unsigned level = 0;
    if (first_row_ > 0) {
        const std::uint64_t width = std::uint64_t{1} << (3 * first_row_);
        STRATA_TRY(auto row, elements(leaves_of(base_tree).subspan(leaf / width * width, width)));
        for (; level < first_row_; ++level, index /= kArity) {
            const std::uint64_t within = index % row.size();
            put_siblings(row, within, kArity, siblings);
            row = row_above(row, kArity);
        }
    }
    auto stored = nodes_of(files_[base_tree].bytes());
    for (; level < shape_.base_levels; ++level, index /= kArity) {
        STRATA_TRY(const auto group, elements(stored.subspan(index / kArity * kArity, kArity)));
        put_siblings(group, index % kArity, kArity, siblings);
        stored = stored.subspan(shape_.row_nodes(level));
    }
    return {};
}

void ReplicaTree::put_upper_siblings(std::uint64_t base_tree, std::vector<Fr>& siblings) const {
    std::uint64_t index = base_tree;
    for (std::size_t i = 0; i + 1 < upper_.size(); ++i) {
        const unsigned arity = shape_.path.arities[shape_.base_levels + i];
        put_siblings(upper_[i], index, arity, siblings);
        index /= arity;
    }
}

Result<PathValues> ReplicaTree::path(std::uint64_t index) const {
    if (index >= shape_.leaves) return no_such_leaf(index, shape_.leaves);
    PathValues out;
    out.index = index;
    const std::uint64_t base_tree = index / shape_.base_leaves();
    STRATA_OK(put_base_siblings(base_tree, index % shape_.base_leaves(), out.siblings));
    put_upper_siblings(base_tree, out.siblings);
    return out;
}

}  // namespace strata::proofs
