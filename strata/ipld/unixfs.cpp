#include <strata/ipld/unixfs.hpp>

#include <strata/crypto/hash.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/protobuf.hpp>

namespace strata {
namespace {

// UnixFS `Data` message: field numbers and the types that a file is made of (ipfs/specs unixfs.md).
constexpr std::uint64_t kType = 1;
constexpr std::uint64_t kData = 2;
constexpr std::uint64_t kFileSize = 3;
constexpr std::uint64_t kBlockSizes = 4;
constexpr auto kTypeFile = static_cast<std::uint64_t>(UnixFsNode::Type::file);
constexpr std::uint64_t kLastType = 5;
// Larger blocks are refused by everybody (bitswap's limit is 2 MiB).
constexpr std::size_t kMaxBlock = std::size_t{4} << 20;

// ---- import ---------------------------------------------------------------------------------------------------------

struct Child {
    Cid cid;
    std::uint64_t dag_size;   // bytes of all blocks below and itself
    std::uint64_t file_size;  // bytes of the file below
};

class Importer {
  public:
    explicit Importer(const BlockSink& put) : put_(put) {}

    Status add_leaf(BytesView chunk) {
        size_ += chunk.size();
        STRATA_TRY(const Cid cid, emit(Codec::raw, chunk));
        return add(0, {cid, chunk.size(), chunk.size()});
    }

    Result<UnixFsFile> finish() {
        for (std::size_t level = 0;; ++level) {
            if (level + 1 == levels_.size() && levels_[level].size() == 1)
                return UnixFsFile{levels_[level][0].cid, size_, blocks_};
            STRATA_OK(close(level));
        }
    }

  private:
    // A full level becomes a node only when one more child comes, so that a full tree gets no needless root.
    Status add(std::size_t level, const Child& child) {
        if (level == levels_.size()) levels_.emplace_back();
        if (levels_[level].size() == kUnixFsLinks) STRATA_OK(close(level));
        levels_[level].push_back(child);
        return {};
    }

    Status close(std::size_t level) {
        const auto children = std::exchange(levels_[level], {});
        PbNode node;
        Bytes sizes;
        Child parent{.cid = {}, .dag_size = 0, .file_size = 0};
        for (const auto& child : children) {
            node.links.push_back({child.cid, std::string(), child.dag_size});
            protobuf::put_number(sizes, kBlockSizes, child.file_size);
            parent.dag_size += child.dag_size;
            parent.file_size += child.file_size;
        }
        auto& data = node.data.emplace();
        protobuf::put_number(data, kType, kTypeFile);
        protobuf::put_number(data, kFileSize, parent.file_size);
        append(data, sizes);
        const Bytes block = encode_dag_pb(node);
        STRATA_TRY(parent.cid, emit(Codec::dag_pb, block));
        parent.dag_size += block.size();
        return add(level + 1, parent);
    }

    Result<Cid> emit(Codec codec, BytesView block) {
        const Cid cid = Cid::v1(codec, HashCode::sha2_256, crypto::sha256(block));
        STRATA_OK(put_(cid, block));
        ++blocks_;
        return cid;
    }

    const BlockSink& put_;
    std::vector<std::vector<Child>> levels_;
    std::uint64_t size_ = 0;
    std::uint64_t blocks_ = 0;
};

// ---- export ---------------------------------------------------------------------------------------------------------

Result<UnixFsNode> decode_file(BytesView block) {
    STRATA_TRY(auto node, decode_unixfs(block));
    if (!node.is_file()) return fail(Errc::unsupported, "a UnixFS block that is not a file");
    return node;
}

struct Exporter {
    Blockstore& store;
    const ByteSink& write;
    const DagLimits& limits;
    std::uint64_t blocks = 0;
    std::uint64_t written = 0;

    Status emit(BytesView data) {
        written += data.size();
        if (written > limits.bytes) return fail(Errc::too_large, "a file above the limit");
        return write(data);
    }

    /// Returns the bytes of the file below `cid`.
    Result<std::uint64_t> down(const Cid& cid, unsigned depth) {
        if (depth > limits.depth || ++blocks > limits.blocks) return fail(Errc::too_large, "a file of too many blocks");
        STRATA_TRY(const Bytes block, verified_block(store, cid));
        if (block.size() > kMaxBlock) return fail(Errc::too_large, "a block above 4 MiB");
        if (cid.codec() == Codec::raw) {
            STRATA_OK(emit(block));
            return block.size();
        }
        if (cid.codec() != Codec::dag_pb) return fail(Errc::unsupported, "a file block that is neither raw nor DAG-PB");
        STRATA_TRY(const auto node, decode_file(block));
        STRATA_OK(emit(node.data));
        std::uint64_t size = node.data.size();
        for (std::size_t i = 0; i < node.links.size(); ++i) {
            STRATA_TRY(const auto below, down(node.links[i].hash, depth + 1));
            if (below != node.block_sizes[i]) return mismatch(cid);
            size += below;
        }
        if (size != node.file_size) return mismatch(cid);
        return size;
    }

    static Error mismatch(const Cid& cid) {
        return fail(Errc::malformed, "sizes in the UnixFS node " + cid.to_string() + " are wrong");
    }
};

}  // namespace

Result<UnixFsNode> decode_unixfs(BytesView block) {
    STRATA_TRY(auto node, decode_dag_pb(block));
    if (!node.data) return fail(Errc::malformed, "a DAG-PB block that is not UnixFS");
    UnixFsNode out;
    std::optional<std::uint64_t> type;
    std::optional<std::uint64_t> file_size;
    for (BytesView rest = *node.data; !rest.empty();) {
        STRATA_TRY(const auto field, protobuf::take_field(rest));
        if (field.number == kType) type = field.value;
        if (field.number == kData && field.body) out.data = to_bytes(*field.body);
        if (field.number == kFileSize) file_size = field.value;
        if (field.number == kBlockSizes && !field.body) out.block_sizes.push_back(field.value);
    }
    if (!type || *type > kLastType) return fail(Errc::malformed, "a UnixFS block of no known type");
    out.type = static_cast<UnixFsNode::Type>(*type);
    if (out.is_file() && node.links.size() != out.block_sizes.size())
        return fail(Errc::malformed, "a UnixFS node with another number of sizes than links");
    out.links = std::move(node.links);
    out.file_size = file_size.value_or(out.data.size());
    return out;
}

Result<UnixFsFile> import_file(const ByteSource& source, const BlockSink& put) {
    Importer importer(put);
    Bytes chunk(kUnixFsChunk);
    for (bool first = true;; first = false) {
        STRATA_TRY(const std::size_t size, read_full(source, chunk));
        // An empty file is one empty block.
        if (size > 0 || first) STRATA_OK(importer.add_leaf(BytesView(chunk).first(size)));
        if (size < chunk.size()) return importer.finish();
    }
}

Result<UnixFsFile> import_file(const ByteSource& source, Blockstore& store) {
    return import_file(source, [&](const Cid& cid, BytesView block) { return store.put_block(cid, block); });
}

Result<std::uint64_t> export_file(Blockstore& store, const Cid& root, const ByteSink& write, const DagLimits& limits) {
    return Exporter{.store = store, .write = write, .limits = limits}.down(root, 0);
}

Status write_dag_car(Blockstore& store, const Cid& root, const ByteSink& write, const DagLimits& limits) {
    STRATA_OK(write(car_header({root})));
    return walk_dag(
        store, root, [&](const Cid& cid, BytesView block) { return write(car_section(cid, block)); }, limits);
}

}  // namespace strata
