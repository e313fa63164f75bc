#include <strata/ipld/hamt.hpp>

#include <bitset>

#include <strata/crypto/hash.hpp>

namespace strata {
namespace {

constexpr std::size_t kMaxBucket = 3;

// Consumes a key's hash from the most significant bit, `width` bits at a time.
class HashBits {
  public:
    explicit HashBits(BytesView key) : hash_(crypto::sha256(key)) {}
    Result<unsigned> next(unsigned width) {
        if (used_ >= 256) return fail(Errc::too_large, "a HAMT is deeper than the 256 bits of a key's hash");
        const unsigned take = std::min(width, 256 - used_);
        // At most 8 bits are taken, which lie in at most two bytes.
        const unsigned byte = used_ / 8;
        const unsigned two = unsigned{hash_[byte]} << 8 | (byte < 31 ? hash_[byte + 1] : 0U);
        const unsigned out = two >> (16 - used_ % 8 - take) & ((1U << take) - 1);
        used_ += take;
        return out;
    }
    /// Moves to the depth that the bits of a different key have reached.
    void align(const HashBits& other) { used_ = other.used_; }

  private:
    Hash256 hash_;
    unsigned used_ = 0;
};

struct Entry {
    Bytes key;
    Bytes value;
};

}  // namespace

// A pointer is either a bucket of entries or a child. It is small, because pointers move when one is inserted before
// them.
struct Hamt::Pointer {
    std::vector<Entry> bucket;
    std::unique_ptr<Child> child;

    bool is_bucket() const { return !child; }
};

// A node one level down: a link, a node in memory, or both (a clean cached node).
struct Hamt::Child {
    Cid link;
    std::unique_ptr<Node> node;  // changed since the last flush if the link is undefined
};

struct Hamt::Node {
    std::bitset<256> present;
    std::vector<Pointer> pointers;

    // Pointers are stored without gaps: the pointer of slot `index` comes after those of all used slots below it.
    std::size_t position(unsigned index) const { return (present << (present.size() - index)).count(); }
};

struct Hamt::Ops {
    Blockstore& store;
    unsigned width;
    Reencode normalise;
    Version version;

    explicit Ops(const Hamt& hamt)
        : store(*hamt.store_), width(hamt.bit_width_), normalise(hamt.normalise_), version(hamt.version_) {}

    // Reads a bitfield, a big-endian number whose bit i says that slot i is used. No writer makes leading zeros or bits
    // beyond the width, but both are accepted here, because the other implementations accept them (ref-fvm
    // ipld/hamt/src/bitfield.rs, node.rs load; go-hamt-ipld hamt_test.go).
    static Result<std::bitset<256>> read_bitfield(CborReader& r) {
        STRATA_TRY(const auto bytes, r.bytes());
        if (bytes.size() > 32)
            return fail(Errc::malformed, "the bitfield of a HAMT node has " + std::to_string(bytes.size()) +
                                             " bytes, expected at most 32");
        std::bitset<256> bits;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            for (unsigned b = 0; b < 8; ++b)
                if ((bytes[i] >> b & 1) != 0) bits.set((bytes.size() - 1 - i) * 8 + b);
        return bits;
    }

    // Returns true if the next pointer is a link, false for a bucket; v2 names the kind in front of the pointer.
    Result<bool> read_is_link(CborReader& r) const {
        if (version == Version::v3) {
            STRATA_TRY(const auto major, r.peek_major());
            return major == 6;  // the tag of a link
        }
        STRATA_TRY(const auto entries, r.map());
        STRATA_TRY(const auto key, r.text());
        if (entries != 1 || (key != "0" && key != "1"))
            return fail(Errc::malformed, "a pointer of a HAMT v2 is a map of " + std::to_string(entries) +
                                             " entries with the first key '" + std::string(key.substr(0, 64)) +
                                             "', expected a single entry with the key '0' or '1'");
        return key == "0";
    }

    // Reads a bucket, [[key, value]...] in ascending order of the keys.
    static Result<std::vector<Entry>> read_bucket(CborReader& r) {
        STRATA_TRY(const auto count, r.array());
        if (count == 0 || count > kMaxBucket)
            return fail(Errc::malformed, "a HAMT bucket has " + std::to_string(count) + " entries, expected 1 to " +
                                             std::to_string(kMaxBucket));
        std::vector<Entry> bucket;
        for (std::uint64_t i = 0; i < count; ++i) {
            STRATA_OK(r.tuple(2));
            STRATA_TRY(const auto key, r.bytes());
            STRATA_TRY(const auto value, r.item());
            if (i > 0 && !(bucket.back().key < to_bytes(key)))
                return fail(Errc::malformed, "a HAMT bucket has keys that are not in order");
            bucket.push_back({to_bytes(key), to_bytes(value)});
        }
        return bucket;
    }

    // Reads a node, [bitfield, [pointer...]], with one pointer for each bit that is set.
    Result<std::unique_ptr<Node>> read(const Cid& cid, bool is_root) const {
        STRATA_TRY(const Bytes data, store.get(cid));
        CborReader r(data);
        auto node = std::make_unique<Node>();
        STRATA_OK(r.tuple(2));
        STRATA_TRY(node->present, read_bitfield(r));
        STRATA_TRY(const auto count, r.array());
        if (count != node->present.count() || count > std::size_t{1} << width)
            return fail(Errc::malformed, "a HAMT node has " + std::to_string(count) + " pointers, expected " +
                                             std::to_string(node->present.count()) +
                                             " as its bitfield says, and at most " +
                                             std::to_string(std::size_t{1} << width));
        if (count == 0 && !is_root) return fail(Errc::malformed, "a HAMT has an empty node below the root");
        node->pointers.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            STRATA_TRY(const bool is_link, read_is_link(r));
            auto& pointer = node->pointers.emplace_back();
            if (is_link) {
                pointer.child = std::make_unique<Child>();
                Cid& link = pointer.child->link;
                STRATA_TRY(link, r.link());
                if (link.codec() != Codec::dag_cbor)
                    return fail(Errc::malformed,
                                "the HAMT link " + link.to_string() + " does not have the codec DAG-CBOR");
            } else {
                STRATA_TRY(pointer.bucket, read_bucket(r));
            }
        }
        STRATA_OK(r.finish());
        return node;
    }

    Result<Node*> node_of(Child& child) const {
        if (!child.node) {
            STRATA_TRY(child.node, read(child.link, /*is_root=*/false));
        }
        return child.node.get();
    }

    Result<const Bytes*> find(Node& root, BytesView key) const {
        // Each level takes the next `width` bits of the hash of the key, which select a slot.
        HashBits bits(key);
        Node* node = &root;
        for (;;) {
            STRATA_TRY(const unsigned index, bits.next(width));
            if (!node->present[index]) return nullptr;
            auto& pointer = node->pointers[node->position(index)];
            if (!pointer.is_bucket()) {
                STRATA_TRY(node, node_of(*pointer.child));
                continue;
            }
            for (const auto& entry : pointer.bucket)
                if (equal(entry.key, key)) return &entry.value;
            return nullptr;
        }
    }

    // The functions that change a node recurse once per level: at most 256 / width levels (rounded up), since HashBits
    // ends there. set() and set_in_bucket() return true if the node changed.

    Result<bool> set(Node& node, HashBits bits, Entry entry, bool overwrite) const {
        STRATA_TRY(const unsigned index, bits.next(width));
        const std::size_t at = node.position(index);
        if (!node.present[index]) {
            node.present[index] = true;
            node.pointers.insert(node.pointers.begin() + static_cast<std::ptrdiff_t>(at), Pointer{})
                ->bucket.push_back(std::move(entry));
            return true;
        }
        auto& pointer = node.pointers[at];
        if (pointer.is_bucket()) return set_in_bucket(pointer, bits, std::move(entry), overwrite);
        STRATA_TRY(Node* const below, node_of(*pointer.child));
        STRATA_TRY(const bool changed, set(*below, bits, std::move(entry), overwrite));
        if (changed) pointer.child->link = Cid();
        return changed;
    }

    Result<bool> set_in_bucket(Pointer& pointer, const HashBits& bits, Entry entry, bool overwrite) const {
        auto& bucket = pointer.bucket;
        const auto at = std::ranges::lower_bound(bucket, entry.key, {}, &Entry::key);
        if (at != bucket.end() && at->key == entry.key) {
            if (!overwrite || at->value == entry.value) return false;
            at->value = std::move(entry.value);
            return true;
        }
        if (bucket.size() < kMaxBucket) {
            bucket.insert(at, std::move(entry));
            return true;
        }
        // A full bucket becomes a node one level down: the new pair first, then the old ones.
        auto below = std::make_unique<Node>();
        STRATA_OK(set(*below, bits, std::move(entry), overwrite));
        for (auto& old : bucket) {
            const HashBits old_bits = bits_at_same_depth(bits, old.key);
            STRATA_OK(set(*below, old_bits, std::move(old), overwrite));
        }
        bucket.clear();
        pointer.child = std::make_unique<Child>(Cid(), std::move(below));
        return true;
    }

    // Returns the bits of `key` from the depth that `bits` has reached.
    static HashBits bits_at_same_depth(const HashBits& bits, BytesView key) {
        HashBits out(key);
        out.align(bits);
        return out;
    }

    Result<std::optional<Bytes>> remove(Node& node, HashBits bits, BytesView key) const {
        STRATA_TRY(const unsigned index, bits.next(width));
        if (!node.present[index]) return std::optional<Bytes>{};
        const std::size_t at = node.position(index);
        auto& pointer = node.pointers[at];
        std::optional<Bytes> removed;
        if (pointer.is_bucket()) {
            const auto it = std::ranges::find_if(pointer.bucket, [&](const Entry& e) { return equal(e.key, key); });
            if (it == pointer.bucket.end()) return removed;
            removed = std::move(it->value);
            pointer.bucket.erase(it);
            if (pointer.bucket.empty()) {
                node.present[index] = false;
                node.pointers.erase(node.pointers.begin() + static_cast<std::ptrdiff_t>(at));
            }
            return removed;
        }
        STRATA_TRY(Node* const below, node_of(*pointer.child));
        STRATA_TRY(removed, remove(*below, bits, key));
        if (removed) {
            pointer.child->link = Cid();
            STRATA_OK(tidy(pointer));
        }
        return removed;
    }

    // Moves a child that holds at most one bucket's worth of entries, all in buckets, back into its parent, so that
    // equal maps have equal trees.
    static Status tidy(Pointer& pointer) {
        auto& nodes = pointer.child->node->pointers;
        if (nodes.empty()) return fail(Errc::malformed, "a HAMT has an empty node below the root");
        std::size_t entries = 0;
        for (const auto& p : nodes) {
            if (!p.is_bucket()) return {};
            entries += p.bucket.size();
        }
        if (entries > kMaxBucket) return {};
        std::vector<Entry> merged;
        for (auto& p : nodes)
            for (auto& entry : p.bucket) merged.push_back(std::move(entry));
        std::ranges::sort(merged, {}, &Entry::key);
        pointer.child.reset();
        pointer.bucket = std::move(merged);
        return {};
    }

    // Writes the bitfield as a big-endian number without leading zeros.
    static void write_bitfield(CborWriter& w, const std::bitset<256>& bits) {
        Bytes bytes;
        for (std::size_t i = 32; i-- > 0;) {
            std::uint8_t byte = 0;
            for (unsigned b = 0; b < 8; ++b) byte = static_cast<std::uint8_t>(byte | bits[i * 8 + b] << b);
            if (byte != 0 || !bytes.empty()) bytes.push_back(byte);
        }
        w.bytes(bytes);
    }

    Result<Cid> flush(Node& node) const {
        CborWriter w;
        w.array(2);
        write_bitfield(w, node.present);
        w.array(node.pointers.size());
        for (auto& pointer : node.pointers) {
            if (version == Version::v2) {
                w.map(1);
                w.text(pointer.is_bucket() ? "1" : "0");
            }
            if (pointer.is_bucket()) {
                STRATA_OK(write_bucket(w, pointer.bucket));
                continue;
            }
            auto& [link, below] = *pointer.child;
            if (!link.defined()) {
                STRATA_TRY(link, flush(*below));
            }
            w.link(link);
        }
        return store.put(Codec::dag_cbor, w.view());
    }

    Status write_bucket(CborWriter& w, std::vector<Entry>& bucket) const {
        w.array(bucket.size());
        for (auto& entry : bucket) {
            if (normalise != nullptr) {
                STRATA_TRY(entry.value, normalise(entry.value));
            }
            w.array(2);
            w.bytes(entry.key);
            w.raw(entry.value);
        }
        return {};
    }

    // The hash of a key bounds the depth of a tree that set() makes, but not that of a hostile store, so the depth is
    // checked.
    Result<bool> visit(Node& node, const Visit& visitor, unsigned used_bits) const {
        if (used_bits >= 256) return fail(Errc::malformed, "a HAMT is deeper than the 256 bits of a key's hash");
        for (auto& pointer : node.pointers) {
            if (!pointer.is_bucket()) {
                STRATA_TRY(Node* const below, node_of(*pointer.child));
                STRATA_TRY(const bool more, visit(*below, visitor, used_bits + width));
                if (!more) return false;
                continue;
            }
            for (const auto& entry : pointer.bucket) {
                STRATA_TRY(const bool more, visitor(entry.key, entry.value));
                if (!more) return false;
            }
        }
        return true;
    }
};

Hamt::Hamt(Blockstore& store, unsigned bit_width, Reencode normalise, Version version)
    : store_(&store), bit_width_(bit_width), normalise_(normalise), version_(version), root_(std::make_unique<Node>()) {
    STRATA_CHECK(bit_width >= 1 && bit_width <= 8);
}
Hamt::Hamt(Hamt&&) noexcept = default;
Hamt& Hamt::operator=(Hamt&&) noexcept = default;
Hamt::~Hamt() = default;

Result<Hamt> Hamt::load(Blockstore& store, const Cid& root, unsigned bit_width, Reencode normalise, Version version) {
    Hamt hamt(store, bit_width, normalise, version);
    STRATA_TRY(hamt.root_, Ops(hamt).read(root, /*is_root=*/true));
    hamt.clean_root_ = root;
    return hamt;
}

Result<const Bytes*> Hamt::find(BytesView key) const {
    return Ops(*this).find(*root_, key);
}

Result<std::optional<Bytes>> Hamt::get(BytesView key) const {
    STRATA_TRY(const Bytes* const found, find(key));
    return found != nullptr ? std::optional<Bytes>(*found) : std::nullopt;
}

Status Hamt::set(BytesView key, Bytes value) {
    STRATA_TRY(const bool changed, Ops(*this).set(*root_, HashBits(key), {to_bytes(key), std::move(value)},
                                                  /*overwrite=*/true));
    if (changed) clean_root_ = Cid();
    return {};
}

Result<bool> Hamt::set_if_absent(BytesView key, Bytes value) {
    STRATA_TRY(const bool changed, Ops(*this).set(*root_, HashBits(key), {to_bytes(key), std::move(value)},
                                                  /*overwrite=*/false));
    if (changed) clean_root_ = Cid();
    return changed;
}

Result<std::optional<Bytes>> Hamt::remove(BytesView key) {
    STRATA_TRY(auto removed, Ops(*this).remove(*root_, HashBits(key), key));
    if (removed) clean_root_ = Cid();
    return removed;
}

Result<Cid> Hamt::flush() {
    if (!clean_root_.defined()) {
        STRATA_TRY(clean_root_, Ops(*this).flush(*root_));
    }
    return clean_root_;
}

Status Hamt::for_each(const Visit& visit) const {
    STRATA_OK(Ops(*this).visit(*root_, visit, 0));
    return {};
}

bool Hamt::empty() const {
    return root_->pointers.empty();
}

}  // namespace strata
