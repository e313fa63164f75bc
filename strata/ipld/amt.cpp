#include <strata/ipld/amt.hpp>

namespace strata {
namespace {

constexpr std::uint64_t kMaxIndex = UINT64_MAX - 1;  // ref-fvm ipld/amt/src/lib.rs MAX_INDEX
constexpr unsigned kMaxHeight = 64;
constexpr unsigned kV0Width = 3;

// Returns how many values a tree of this many levels holds at most: (2^bit_width)^levels, or 2^64 - 1 if that is more.
// A node of height h has h + 1 levels.
std::uint64_t capacity(unsigned bit_width, unsigned levels) {
    const unsigned bits = bit_width * levels;
    return bits >= 64 ? UINT64_MAX : std::uint64_t{1} << bits;
}

}  // namespace

// In a leaf (height 0) each used slot holds a value, in an inner node a child.
struct Amt::Node {
    // A link, a node in memory, or both (a clean cached node).
    struct Child {
        Cid link;
        std::unique_ptr<Node> node;  // changed since the last flush if the link is undefined
    };
    struct Slot {
        Bytes value;
        std::unique_ptr<Child> child;
        bool used = false;
    };
    std::vector<Slot> slots;

    explicit Node(unsigned bit_width) : slots(std::size_t{1} << bit_width) {}
    bool empty() const {
        return std::ranges::none_of(slots, [](const Slot& s) { return s.used; });
    }
};

struct Amt::Ops {
    Blockstore& store;
    unsigned width;
    Reencode normalise;

    explicit Ops(const Amt& amt) : store(*amt.store_), width(amt.bit_width_), normalise(amt.normalise_) {}

    std::size_t slot_count() const { return std::size_t{1} << width; }

    // Reads a node: [bitmap, links, values]. An inner node has only links, and a leaf only values, one for each bit
    // set.
    Result<std::unique_ptr<Node>> read_node(CborReader& r, unsigned height) const {
        STRATA_OK(r.tuple(3));
        STRATA_TRY(const auto map, r.bytes());
        if (map.size() != (slot_count() + 7) / 8)
            return fail(Errc::malformed, "the bitmap of an AMT node has " + std::to_string(map.size()) +
                                             " bytes, expected " + std::to_string((slot_count() + 7) / 8));
        auto node = std::make_unique<Node>(width);
        std::vector<Node::Slot*> used;
        // The reference ignores bits beyond the width (ref-fvm ipld/amt/src/node.rs expand).
        for (std::size_t i = 0; i < slot_count(); ++i) {
            if ((map[i / 8] >> (i % 8) & 1) == 0) continue;
            node->slots[i].used = true;
            used.push_back(&node->slots[i]);
        }
        STRATA_TRY(const auto links, r.array());
        if (const std::size_t expected = height > 0 ? used.size() : 0; links != expected)
            return fail(Errc::malformed, "an AMT node of height " + std::to_string(height) + " has " +
                                             std::to_string(links) + " links, expected " + std::to_string(expected));
        for (std::uint64_t i = 0; i < links; ++i) {
            used[i]->child = std::make_unique<Node::Child>();
            Cid& link = used[i]->child->link;
            STRATA_TRY(link, r.link());
            if (link.codec() != Codec::dag_cbor)
                return fail(Errc::malformed, "the AMT link " + link.to_string() + " does not have the codec DAG-CBOR");
        }
        STRATA_TRY(const auto values, r.array());
        if (const std::size_t expected = height == 0 ? used.size() : 0; values != expected)
            return fail(Errc::malformed, "an AMT node of height " + std::to_string(height) + " has " +
                                             std::to_string(values) + " values, expected " + std::to_string(expected));
        for (std::uint64_t i = 0; i < values; ++i) {
            STRATA_TRY(const auto item, r.item());
            used[i]->value = to_bytes(item);
        }
        return node;
    }

    Result<Node*> node_of(Node::Child& child, unsigned height) const {
        if (!child.node) {
            STRATA_TRY(const Bytes data, store.get(child.link));
            CborReader r(data);
            STRATA_TRY(auto node, read_node(r, height));
            STRATA_OK(r.finish());
            if (node->empty()) return fail(Errc::malformed, "an AMT has an empty node below the root");
            // Only a node without errors is kept, so that the next access meets the same error.
            child.node = std::move(node);
        }
        return child.node.get();
    }

    // An index is read as digits of `width` bits. Height 0 takes the lowest digit; digits beyond 64 bits are 0.
    std::size_t slot_index(std::uint64_t index, unsigned height) const {
        const unsigned shift = width * height;
        return shift >= 64 ? 0 : static_cast<std::size_t>(index >> shift) & (slot_count() - 1);
    }

    Result<const Bytes*> find(Node& root, unsigned height, std::uint64_t index) const {
        Node* node = &root;
        for (;; --height) {
            auto& slot = node->slots[slot_index(index, height)];
            if (!slot.used) return nullptr;
            if (height == 0) return &slot.value;
            STRATA_TRY(node, node_of(*slot.child, height - 1));
        }
    }

    struct Change {
        bool changed = false;
        bool added = false;
    };
    // The functions that change a node recurse once for each level; kMaxHeight bounds the levels. A child that changed
    // loses its link, so that flush() writes it again.
    Result<Change> set(Node& node, unsigned height, std::uint64_t index, Bytes value) const {
        auto& slot = node.slots[slot_index(index, height)];
        if (height == 0) {
            const Change change{!slot.used || slot.value != value, !slot.used};
            slot.value = std::move(value);
            slot.used = true;
            return change;
        }
        if (!slot.used) {
            slot.child = std::make_unique<Node::Child>(Cid(), std::make_unique<Node>(width));
            slot.used = true;
        }
        STRATA_TRY(Node* const below, node_of(*slot.child, height - 1));
        STRATA_TRY(const Change change, set(*below, height - 1, index, std::move(value)));
        if (change.changed) slot.child->link = Cid();
        return change;
    }

    Result<bool> remove(Node& node, unsigned height, std::uint64_t index) const {
        auto& slot = node.slots[slot_index(index, height)];
        if (!slot.used) return false;
        if (height == 0) {
            slot = Node::Slot{};
            return true;
        }
        STRATA_TRY(Node* const below, node_of(*slot.child, height - 1));
        STRATA_TRY(const bool removed, remove(*below, height - 1, index));
        if (!removed) return false;
        slot.child->link = Cid();
        // No node but the root may be empty, so a child leaves with its last value.
        if (below->empty()) slot = Node::Slot{};
        return true;
    }

    // Lowers the tree, as the reference does after a removal: a root that uses only slot 0 is replaced with the child
    // in that slot. So equal arrays have equal roots.
    Status collapse(std::unique_ptr<Node>& root, unsigned& height) const {
        if (root->empty()) {
            height = 0;
            return {};
        }
        while (height > 0 && root->slots[0].used &&
               std::none_of(root->slots.begin() + 1, root->slots.end(), [](const auto& s) { return s.used; })) {
            STRATA_OK(node_of(*root->slots[0].child, height - 1));
            auto below = std::move(root->slots[0].child->node);
            root = std::move(below);
            --height;
        }
        return {};
    }

    // Raises the tree until `index` fits: the root becomes slot 0 of a new root. An empty root is not kept below, since
    // no node but the root may be empty.
    void grow(std::unique_ptr<Node>& root, unsigned& height, std::uint64_t index) const {
        while (index >= capacity(width, height + 1)) {
            auto above = std::make_unique<Node>(width);
            if (!root->empty()) {
                above->slots[0].used = true;
                above->slots[0].child = std::make_unique<Node::Child>(Cid(), std::move(root));
            }
            root = std::move(above);
            ++height;
        }
    }

    // Writes a node as [bitmap, links, values]. Children that changed are stored first, since their links are needed.
    Status write_node(CborWriter& w, Node& node, unsigned height) const {
        Bytes map((slot_count() + 7) / 8);
        std::vector<Node::Slot*> used;
        for (std::size_t i = 0; i < node.slots.size(); ++i) {
            if (!node.slots[i].used) continue;
            map[i / 8] = static_cast<std::uint8_t>(map[i / 8] | 1U << (i % 8));
            used.push_back(&node.slots[i]);
        }
        w.array(3);
        w.bytes(map);
        w.array(height > 0 ? used.size() : 0);
        if (height > 0) {
            for (auto* slot : used) {
                auto& [link, node_below] = *slot->child;
                if (!link.defined()) {
                    CborWriter below;
                    STRATA_OK(write_node(below, *node_below, height - 1));
                    STRATA_TRY(link, store.put(Codec::dag_cbor, below.view()));
                }
                w.link(link);
            }
            w.array(0);
            return {};
        }
        w.array(used.size());
        for (auto* slot : used) {
            if (normalise != nullptr) {
                STRATA_TRY(slot->value, normalise(slot->value));
            }
            w.raw(slot->value);
        }
        return {};
    }

    // Visits the values with an index of at least `start` in a node whose first index is `base`. The slots of the node
    // are 2^(width·height) indices apart.
    Result<bool> visit(Node& node, unsigned height, std::uint64_t base, std::uint64_t start,
                       const Visit& visitor) const {
        for (std::size_t i = 0; i < node.slots.size(); ++i) {
            auto& slot = node.slots[i];
            if (!slot.used) continue;
            const std::uint64_t index =
                base + (width * height >= 64 ? 0 : static_cast<std::uint64_t>(i) << (width * height));
            if (height == 0) {
                if (index < start) continue;
                STRATA_TRY(const bool more, visitor(index, slot.value));
                if (!more) return false;
                continue;
            }
            const std::uint64_t span = capacity(width, height);
            // A child whose last index is below `start` is not even read.
            if (index + (span - 1) < start) continue;
            STRATA_TRY(Node* const below, node_of(*slot.child, height - 1));
            STRATA_TRY(const bool more, visit(*below, height - 1, index, start, visitor));
            if (!more) return false;
        }
        return true;
    }
};

Amt::Amt(Blockstore& store, unsigned bit_width, Version version, Reencode normalise)
    : store_(&store),
      bit_width_(bit_width),
      version_(version),
      normalise_(normalise),
      root_(std::make_unique<Node>(bit_width)) {
    STRATA_CHECK(bit_width >= 1 && bit_width <= 8);
    STRATA_CHECK(version == Version::v3 || bit_width == kV0Width);
}
Amt::Amt(Amt&&) noexcept = default;
Amt& Amt::operator=(Amt&&) noexcept = default;
Amt::~Amt() = default;

Result<Amt> Amt::load(Blockstore& store, const Cid& root, unsigned bit_width, Version version, Reencode normalise) {
    STRATA_TRY(const Bytes data, store.get(root));
    CborReader r(data);
    STRATA_OK(r.tuple(version == Version::v0 ? 3 : 4));
    std::uint64_t stored_width = kV0Width;
    if (version == Version::v3) {
        STRATA_TRY(stored_width, r.uint());
    }
    if (stored_width < 1 || stored_width > 8)
        return fail(Errc::malformed,
                    "the bit width of an AMT is " + std::to_string(stored_width) + ", expected 1 to 8");
    if (bit_width != 0 && stored_width != bit_width)
        return fail(Errc::malformed, "the bit width of an AMT is " + std::to_string(stored_width) + ", expected " +
                                         std::to_string(bit_width));
    Amt amt(store, static_cast<unsigned>(stored_width), version, normalise);
    STRATA_TRY(const auto height, r.uint());
    // This accepts up to two levels more than indices of 64 bits need.
    if (height >= kMaxHeight || height * stored_width > 64 + stored_width)
        return fail(Errc::too_large,
                    "the height of an AMT with bit width " + std::to_string(stored_width) + " is " +
                        std::to_string(height) + ", expected at most " +
                        std::to_string(std::min<std::uint64_t>(kMaxHeight - 1, 64 / stored_width + 1)));
    amt.height_ = static_cast<unsigned>(height);
    STRATA_TRY(amt.count_, r.uint());
    STRATA_TRY(amt.root_, Ops(amt).read_node(r, amt.height_));
    STRATA_OK(r.finish());
    amt.clean_root_ = root;
    return amt;
}

Result<const Bytes*> Amt::find(std::uint64_t index) const {
    if (index > kMaxIndex) return Errc::out_of_range;
    if (index >= capacity(bit_width_, height_ + 1)) return nullptr;
    return Ops(*this).find(*root_, height_, index);
}

Result<std::optional<Bytes>> Amt::get(std::uint64_t index) const {
    STRATA_TRY(const Bytes* const found, find(index));
    return found != nullptr ? std::optional<Bytes>(*found) : std::nullopt;
}

Status Amt::set(std::uint64_t index, Bytes value) {
    if (index > kMaxIndex) return Errc::out_of_range;
    const Ops ops(*this);
    ops.grow(root_, height_, index);
    STRATA_TRY(const auto change, ops.set(*root_, height_, index, std::move(value)));
    if (change.added) ++count_;
    if (change.changed) clean_root_ = Cid();
    return {};
}

Result<bool> Amt::remove(std::uint64_t index) {
    if (index > kMaxIndex) return Errc::out_of_range;
    if (index >= capacity(bit_width_, height_ + 1)) return false;
    const Ops ops(*this);
    STRATA_TRY(const bool removed, ops.remove(*root_, height_, index));
    if (!removed) return false;
    if (count_ == 0) return fail(Errc::malformed, "the AMT has more values than its root says");
    --count_;
    clean_root_ = Cid();
    STRATA_OK(ops.collapse(root_, height_));
    return true;
}

Result<Cid> Amt::flush() {
    if (clean_root_.defined()) return clean_root_;
    CborWriter w;
    w.array(version_ == Version::v0 ? 3 : 4);
    if (version_ == Version::v3) w.uint(bit_width_);
    w.uint(height_);
    w.uint(count_);
    STRATA_OK(Ops(*this).write_node(w, *root_, height_));
    STRATA_TRY(clean_root_, store_->put(Codec::dag_cbor, w.view()));
    return clean_root_;
}

std::uint64_t Amt::count() const {
    return count_;
}
unsigned Amt::height() const {
    return height_;
}

Status Amt::for_each(const Visit& visit, std::uint64_t start) const {
    STRATA_OK(Ops(*this).visit(*root_, height_, 0, start, visit));
    return {};
}

}  // namespace strata
