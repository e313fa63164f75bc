#include <strata/proofs/sdr/graph.hpp>

#include <bit>
#include <filesystem>

#include <strata/base/hex.hpp>
#include <strata/base/mapped_file.hpp>
#include <strata/base/thread_pool.hpp>
#include <strata/crypto/chacha.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::proofs {
namespace {

static_assert(std::endian::native == std::endian::little, "parent tables are little-endian files");

Hash256 hash_of_name(std::string_view name, const Hash256& porep_id) {
    Bytes message = to_bytes(as_bytes(name));
    append(message, porep_id);
    return crypto::sha256(message);
}

/// Draws numbers of 64 bits from ChaCha8 with a zero nonce: two words of the key stream each, the low one first (the
/// order of rand_chacha).
class Draws {
  public:
    explicit Draws(const Hash256& key) : key_(key) {}
    std::uint64_t next() {
        if (at_ == words_.size()) {
            words_ = crypto::chacha_block(8, key_, {block_++, 0, 0, 0});
            at_ = 0;
        }
        const std::uint64_t low = words_[at_];
        const std::uint64_t high = words_[at_ + 1];
        at_ += 2;
        return low | high << 32;
    }

  private:
    Hash256 key_;
    std::uint32_t block_ = 0;
    crypto::ChachaWords words_{};
    std::size_t at_ = words_.size();
};

}  // namespace

StackedGraph::StackedGraph(std::uint64_t nodes, const Hash256& porep_id, GraphRules rules)
    : nodes_(nodes), rules_(rules) {
    STRATA_CHECK(nodes > 1 && nodes <= std::uint64_t{1} << 32);
    // Everything about the graph follows from porep_id, the number of nodes and the rules.
    const auto seed = hash_of_name("Filecoin_DRSample", porep_id);
    std::copy_n(seed.begin(), drg_seed_.size(), drg_seed_.begin());
    const auto keys = hash_of_name("Filecoin_Feistel", porep_id);
    for (std::size_t i = 0; i < 4; ++i) feistel_keys_[i] = load_le<std::uint64_t>(keys.data() + 8 * i);
    expander_.emplace(nodes * kExpansionDegree, feistel_keys_);
}

// DRSample (Alwen, Blocki, Harsha 2017): a parent's distance is drawn from [2^(b-1), 2^b] for a random b, so that all
// scales of distance are equally likely, and long paths remain when some nodes are removed. A distance is at least 2
// and never leads below node 0. Sampling takes place among 5 meta-nodes for each node, which gives every node five
// parents. The order of the draws is part of the graph (docs/protocol/proofs.md §4).
void StackedGraph::drg_parents(std::uint64_t node, std::span<std::uint32_t, kBaseDegree> out) const {
    std::ranges::fill(out, 0U);
    if (node < 2) return;
    Hash256 key;
    std::ranges::copy(drg_seed_, key.begin());
    store_le(key.data() + drg_seed_.size(), static_cast<std::uint32_t>(node));
    Draws draws(key);

    constexpr std::uint64_t kSampled = kBaseDegree - 1;
    const auto predecessor = static_cast<std::uint32_t>(node - 1);
    const bool predecessor_first = rules_ == GraphRules::v1_1;
    out[predecessor_first ? 0 : kSampled] = predecessor;
    const std::uint64_t meta = node * kSampled;
    const auto buckets = static_cast<unsigned>(std::bit_width(meta - 1));  // log2 rounded up
    for (std::size_t i = 0; i < kSampled; ++i) {
        const auto bucket = draws.next() % buckets + 1;  // NOLINT(clang-analyzer-core.DivideZero): meta is at least 5
        const std::uint64_t high = std::min(meta, std::uint64_t{1} << bucket);
        const std::uint64_t low = std::max<std::uint64_t>(2, high / 2);
        const std::uint64_t distance = low + draws.next() % (high - low + 1);
        const std::uint64_t parent = (meta - distance) / kSampled;
        // The reference, too, tests for the node itself, although no distance of at least 2 leads there.
        out[i + (predecessor_first ? 1 : 0)] = parent == node ? predecessor : static_cast<std::uint32_t>(parent);
    }
}

void StackedGraph::parents(std::uint64_t first, std::span<Parents> out) const {
    STRATA_CHECK(first < nodes_ && out.size() <= nodes_ - first);
    // Each node has eight slots, which one permutation moves: parent i of node v is the owner of slot P(8·v + i).
    std::vector<std::uint64_t> indices(out.size() * kExpansionDegree);
    for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = first * kExpansionDegree + i;
    expander_->permute(indices);
    for (std::size_t k = 0; k < out.size(); ++k) {
        drg_parents(first + k, std::span(out[k]).first<kBaseDegree>());
        for (std::size_t i = 0; i < kExpansionDegree; ++i) {
            std::uint64_t index = indices[k * kExpansionDegree + i];
            if (rules_ == GraphRules::v1_0)
                index = static_cast<std::uint32_t>(index);  // a bug of the first version, which these rules must keep
            out[k][kBaseDegree + i] = static_cast<std::uint32_t>(index / kExpansionDegree);
        }
    }
}

Parents StackedGraph::parents(std::uint64_t node) const {
    Parents out;
    parents(node, std::span(&out, 1));
    return out;
}

std::string StackedGraph::cache_file_name() const {
    Bytes message = to_bytes(as_bytes(
        "poseidon_hasherstacked_graph::StackedGraph{expansion_degree: 8 base_graph: drgraph::BucketGraph{size: " +
        std::to_string(nodes_) + "; degree: 6; hasher: poseidon_hasher} }"));
    const auto put = [&](auto number) {
        ByteArray<sizeof number> bytes;
        store_le(bytes.data(), number);
        append(message, bytes);
    };
    for (const auto key : feistel_keys_) put(key);
    put(static_cast<std::uint32_t>(nodes_));
    return "v28-sdr-parent-" + to_hex(crypto::sha256(message)) + ".cache";
}

namespace {

Status fill(const StackedGraph& graph, std::span<Parents> table, const Watch& watch) {
    constexpr std::uint64_t kStep = std::uint64_t{1} << 18;
    constexpr std::size_t kAtOnce = 256;
    for (std::uint64_t done = 0; done < graph.nodes(); done += kStep) {
        STRATA_OK(watch.at("parents", static_cast<double>(done) / static_cast<double>(graph.nodes())));
        parallel_for(std::min(kStep, graph.nodes() - done), kAtOnce, [&](std::size_t begin, std::size_t end) {
            for (; begin < end; begin += kAtOnce)
                graph.parents(done + begin, table.subspan(done + begin, std::min(kAtOnce, end - begin)));
        });
    }
    return {};
}

}  // namespace

Result<ParentTable> ParentTable::load(const StackedGraph& graph, const std::string& directory, const Watch& watch) {
    namespace fs = std::filesystem;
    ParentTable out;
    out.size_ = graph.nodes() * sizeof(Parents);
    if (directory.empty()) {
        auto table = std::make_shared<std::vector<Parents>>(graph.nodes());
        STRATA_OK(fill(graph, *table, watch));
        out.table_ = table->data()->data();
        out.owner_ = std::move(table);
        return out;
    }
    const fs::path path = fs::path(directory) / graph.cache_file_name();
    std::error_code error;
    // A file gets its final name only when it is complete, so a file with the right length is finished.
    if (fs::file_size(path, error) != out.size_ || error) {
        STRATA_OK(make_folders(directory));
        STRATA_TRY(auto file, MappedWriter::create(path, out.size_));
        STRATA_OK(fill(graph, {reinterpret_cast<Parents*>(file.writable().data()), graph.nodes()}, watch));
        STRATA_OK(file.commit());
    }
    STRATA_TRY(auto file, MappedFile::open_sized(path, out.size_));
    auto owner = std::make_shared<MappedFile>(std::move(file));
    out.table_ = reinterpret_cast<const std::uint32_t*>(owner->bytes().data());
    out.owner_ = std::move(owner);
    return out;
}

}  // namespace strata::proofs
