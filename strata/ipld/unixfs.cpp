#include <strata/ipld/unixfs.hpp>

#include <bit>

#include <strata/base/protobuf.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/murmur3.hpp>
#include <strata/ipld/car.hpp>

namespace strata {
namespace {

// The field numbers of the UnixFS `Data` message and the types that it uses (ipfs/specs unixfs.md).
constexpr std::uint64_t kType = 1;
constexpr std::uint64_t kData = 2;
constexpr std::uint64_t kFileSize = 3;
constexpr std::uint64_t kBlockSizes = 4;
constexpr std::uint64_t kHashType = 5;
constexpr std::uint64_t kFanout = 6;
constexpr auto kTypeFile = static_cast<std::uint64_t>(UnixFsNode::Type::file);
constexpr auto kLastType = static_cast<std::uint64_t>(UnixFsNode::Type::shard);
// The largest block that is read. No implementation accepts larger ones: the limit of bitswap is 2 MiB.
constexpr std::size_t kMaxBlock = std::size_t{4} << 20;

struct Child {
    Cid cid;
    std::uint64_t dag_size;   // bytes of this block and all blocks below
    std::uint64_t file_size;  // bytes of the file below
};

class Importer {
  public:
    Importer(const BlockSink& put, std::size_t links) : put_(put), links_(links) {}

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
    // Adds a child to a level. A full level becomes a node only when one more child comes, so that a full tree gets no
    // needless root.
    Status add(std::size_t level, const Child& child) {
        if (level == levels_.size()) levels_.emplace_back();
        if (levels_[level].size() == links_) STRATA_OK(close(level));
        levels_[level].push_back(child);
        return {};
    }

    // Makes one node of the children of a level and adds it to the level above.
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
    const std::size_t links_;
    std::vector<std::vector<Child>> levels_;
    std::uint64_t size_ = 0;
    std::uint64_t blocks_ = 0;
};

Result<UnixFsNode> decode_file(BytesView block) {
    STRATA_TRY(auto node, decode_unixfs(block));
    if (!node.is_file())
        return fail(Errc::unsupported, "the type of the UnixFS block is " +
                                           std::to_string(static_cast<std::uint64_t>(node.type)) +
                                           ", expected 0 (raw) or 2 (file)");
    return node;
}

// Walks a file's DAG with a stack of its own instead of recursing, because an outsider chooses how deep it is.
class Exporter {
  public:
    Exporter(Blockstore& store, const ByteSink& write, const DagLimits& limits)
        : store_(store), write_(write), limits_(limits) {}

    // Writes the file below `root` and returns its size in bytes.
    Result<std::uint64_t> run(const Cid& root) {
        STRATA_OK(enter(root, std::nullopt));
        while (!open_.empty()) {
            auto& node = open_.back();
            if (node.next < node.links.size()) {
                const std::size_t i = node.next++;
                STRATA_OK(enter(node.links[i].hash, node.sizes[i]));
            } else {
                STRATA_OK(leave());
            }
        }
        return written_;
    }

  private:
    // An inner node of which some links were followed already.
    struct Open {
        Cid cid;
        std::vector<PbLink> links;
        std::vector<std::uint64_t> sizes;
        std::uint64_t file_size = 0;
        std::uint64_t begin = 0;  // bytes that were written before this node
        std::size_t next = 0;
    };

    // Enters a block. `size` is the number of bytes below it, as its parent claims; empty for the root.
    Status enter(const Cid& cid, std::optional<std::uint64_t> size) {
        if (++blocks_ > limits_.blocks)
            return fail(Errc::too_large, "the file has more than " + std::to_string(limits_.blocks) + " blocks");
        STRATA_TRY(const Bytes block, verified_block(store_, cid));
        if (block.size() > kMaxBlock)
            return fail(Errc::too_large, "block " + cid.to_string() + " has " + std::to_string(block.size()) +
                                             " bytes, expected at most " + std::to_string(kMaxBlock));
        if (cid.codec() == Codec::raw) {
            if (size && *size != block.size()) return mismatch(cid, block.size(), *size);
            return emit(block);
        }
        if (cid.codec() != Codec::dag_pb)
            return fail(Errc::unsupported, "block " + cid.to_string() + " of a file is neither raw nor DAG-PB");
        STRATA_TRY(auto node, decode_file(block));
        if (size && *size != node.file_size) return mismatch(cid, node.file_size, *size);
        pending_ += node.links.size();
        if (pending_ > limits_.pending)
            return fail(Errc::too_large,
                        "the file has more than " + std::to_string(limits_.pending) + " links waiting to be followed");
        open_.push_back({cid, std::move(node.links), std::move(node.block_sizes), node.file_size, written_, 0});
        return emit(node.data);
    }
    Status leave() {
        const auto& node = open_.back();
        if (const auto size = written_ - node.begin; size != node.file_size)
            return mismatch(node.cid, size, node.file_size);
        pending_ -= node.links.size();
        open_.pop_back();
        return {};
    }
    Status emit(BytesView data) {
        written_ += data.size();
        if (written_ > limits_.bytes)
            return fail(Errc::too_large, "the file has more than " + std::to_string(limits_.bytes) + " bytes");
        return write_(data);
    }
    static Error mismatch(const Cid& cid, std::uint64_t size, std::uint64_t claimed) {
        return fail(Errc::malformed, "UnixFS block " + cid.to_string() + ": the size is " + std::to_string(size) +
                                         " bytes, expected the claimed " + std::to_string(claimed));
    }

    Blockstore& store_;
    const ByteSink& write_;
    const DagLimits& limits_;
    std::vector<Open> open_;
    std::size_t pending_ = 0;  // links of the open nodes
    std::uint64_t blocks_ = 0;
    std::uint64_t written_ = 0;
};

// In a shard, the name of a link begins with the number of its bucket in hexadecimal. Returns how many digits this
// number has: 3 for 1,024 buckets, as in "3FF" (go-unixfs, unixfs.md).
unsigned prefix_length(std::uint64_t fanout) {
    return (static_cast<unsigned>(std::bit_width(fanout - 1)) + 3) / 4;
}

Status check_shard(const UnixFsNode& node) {
    if (node.type != UnixFsNode::Type::shard)
        return fail(Errc::malformed, "the type of the UnixFS node is " +
                                         std::to_string(static_cast<std::uint64_t>(node.type)) +
                                         ", expected 5 (shard)");
    // The largest fanout of the specification keeps outsiders from choosing our memory (CVE-2023-23625).
    if (!std::has_single_bit(node.fanout) || node.fanout < 8 || node.fanout > 1024)
        return fail(Errc::malformed, "UnixFS shard: the fanout is " + std::to_string(node.fanout) +
                                         ", expected a power of two from 8 to 1024");
    return {};
}

}  // namespace

Result<UnixFsNode> decode_unixfs(BytesView block) {
    STRATA_TRY(auto node, decode_dag_pb(block));
    if (!node.data) return fail(Errc::malformed, "the DAG-PB block has no data field, so it is not UnixFS");
    UnixFsNode out;
    // Fields that are not read here, such as mode and time, are skipped. If a field repeats, the last one counts.
    std::optional<std::uint64_t> type;
    std::optional<std::uint64_t> file_size;
    for (BytesView rest = *node.data; !rest.empty();) {
        STRATA_TRY(const auto field, protobuf::take_field(rest));
        if (field.number == kType) type = field.value;
        if (field.number == kData && field.body) out.data = to_bytes(*field.body);
        if (field.number == kFileSize) file_size = field.value;
        if (field.number == kBlockSizes && !field.body) out.block_sizes.push_back(field.value);
        if (field.number == kHashType) out.hash_type = field.value;
        if (field.number == kFanout) out.fanout = field.value;
    }
    if (!type || *type > kLastType)
        return fail(Errc::malformed, "the type of the UnixFS block is " + (type ? std::to_string(*type) : "missing") +
                                         ", expected 0 to " + std::to_string(kLastType));
    out.type = static_cast<UnixFsNode::Type>(*type);
    if (out.is_file() && node.links.size() != out.block_sizes.size())
        return fail(Errc::malformed, "UnixFS node: there are " + std::to_string(node.links.size()) + " links and " +
                                         std::to_string(out.block_sizes.size()) +
                                         " sizes, expected one size for each link");
    out.links = std::move(node.links);
    out.file_size = file_size.value_or(out.data.size());
    return out;
}

Result<UnixFsFile> import_file(const ByteSource& source, const BlockSink& put, const UnixFsShape& shape) {
    Importer importer(put, shape.links);
    Bytes chunk(shape.chunk);
    for (bool first = true;; first = false) {
        STRATA_TRY(const std::size_t size, read_full(source, chunk));
        // An empty file is one empty block.
        if (size > 0 || first) STRATA_OK(importer.add_leaf(BytesView(chunk).first(size)));
        if (size < chunk.size()) return importer.finish();
    }
}

Result<UnixFsFile> import_file(const ByteSource& source, Blockstore& store, const UnixFsShape& shape) {
    return import_file(source, [&](const Cid& cid, BytesView block) { return store.put_block(cid, block); }, shape);
}

Result<std::uint64_t> export_file(Blockstore& store, const Cid& root, const ByteSink& write, const DagLimits& limits) {
    return Exporter(store, write, limits).run(root);
}

Result<std::optional<ShardStep>> find_in_shard(const UnixFsNode& node, std::string_view name, unsigned level) {
    STRATA_OK(check_shard(node));
    constexpr std::uint64_t kMurmur3x64 = 0x22;  // multicodec table
    if (node.hash_type != kMurmur3x64)
        return fail(Errc::unsupported, "UnixFS shard: the hash function is " + std::to_string(node.hash_type) +
                                           ", expected 34 (murmur3-x64-64)");
    // The bucket's number is the next log2(fanout) bits of the name's hash; the root takes the highest ones.
    const auto bits = static_cast<unsigned>(std::countr_zero(node.fanout));
    if ((level + 1) * bits > 64)
        return fail(Errc::malformed, "UnixFS shard: level " + std::to_string(level) + " needs " +
                                         std::to_string((level + 1) * bits) + " bits of the hash, which has 64");
    const std::uint64_t hash = crypto::murmur3_x64_64(as_bytes(name));
    const std::uint64_t bucket = hash >> (64 - (level + 1) * bits) & (node.fanout - 1);
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string prefix;
    for (unsigned i = prefix_length(node.fanout); i-- > 0;) prefix += kDigits[bucket >> (4 * i) & 15];
    for (const auto& link : node.links) {
        // A link named by the bucket alone leads to a shard below; an entry has the bucket and then its name.
        if (!link.name || !link.name->starts_with(prefix)) continue;
        if (link.name->size() == prefix.size()) return std::optional(ShardStep{.hash = link.hash, .is_entry = false});
        if (std::string_view(*link.name).substr(prefix.size()) == name)
            return std::optional(ShardStep{.hash = link.hash, .is_entry = true});
    }
    return std::optional<ShardStep>{};
}

Result<std::vector<Cid>> shards_below(const UnixFsNode& node) {
    STRATA_OK(check_shard(node));
    std::vector<Cid> out;
    for (const auto& link : node.links)
        if (link.name && link.name->size() == prefix_length(node.fanout)) out.push_back(link.hash);
    return out;
}

Status write_dag_car(Blockstore& store, const Cid& root, const ByteSink& write, const DagLimits& limits) {
    STRATA_OK(write(car_header({root})));
    return walk_dag(
        store, root, [&](const Cid& cid, BytesView block) { return write(car_section(cid, block)); }, limits);
}

}  // namespace strata
