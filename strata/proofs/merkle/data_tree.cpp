#include <strata/proofs/merkle/data_tree.hpp>

#include <strata/proofs/piece/commitment.hpp>

namespace strata::proofs {

using crypto::Fr;

Result<DataTree> DataTree::build(const std::filesystem::path& file, std::uint64_t leaves, std::span<const Node> data,
                                 const Watch& watch) {
    STRATA_CHECK(std::has_single_bit(leaves) && data.size() <= leaves);
    {
        STRATA_TRY(auto mapped, MappedWriter::create(file, (2 * leaves - 1) * kNodeSize));
        const auto nodes = nodes_of(mapped.writable());
        std::ranges::copy(data, nodes.begin());
        std::size_t begin = 0;
        for (std::size_t count = leaves; count > 1; begin += count, count /= 2) {
            STRATA_OK(watch.at("data tree", 1 - static_cast<double>(count) / static_cast<double>(leaves)));
            hash_data_row(nodes.subspan(begin, count), nodes.subspan(begin + count, count / 2));
        }
        STRATA_OK(mapped.commit());
    }
    return open(file, leaves);
}

Result<DataTree> DataTree::open(const std::filesystem::path& file, std::uint64_t leaves) {
    DataTree out;
    STRATA_TRY(out.file_, MappedFile::open_sized(file, (2 * leaves - 1) * kNodeSize));
    out.leaves_ = leaves;
    return out;
}

std::span<const Node> DataTree::row(unsigned level) const {
    auto rows = nodes_of(file_.bytes());
    for (unsigned below = 0; below < level; ++below) rows = rows.subspan(leaves_ >> below);
    return rows.first(leaves_ >> level);
}

Result<PathValues> DataTree::path(std::uint64_t leaf) const {
    if (leaf >= leaves_)
        return fail(Errc::out_of_range,
                    "leaf " + std::to_string(leaf) + " does not exist; leaves are 0 to " + std::to_string(leaves_ - 1));
    PathValues out;
    out.index = leaf;
    auto rows = nodes_of(file_.bytes());
    for (std::uint64_t count = leaves_; count > 1; count /= 2, leaf /= 2) {
        // A node and its sibling differ only in the lowest bit of the index. The next row follows this one in the file.
        STRATA_TRY(const auto sibling, Fr::from_bytes(rows[leaf ^ 1]));
        out.siblings.push_back(sibling);
        rows = rows.subspan(count);
    }
    return out;
}

}  // namespace strata::proofs
