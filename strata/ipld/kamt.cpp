#include <strata/ipld/kamt.hpp>

#include <bit>
#include <map>

namespace strata {
namespace {

constexpr unsigned kWidth = 5;                                // bits of a digit
constexpr std::size_t kDigits = (256 + kWidth - 1) / kWidth;  // the last one has a single bit

using Digits = std::vector<std::uint8_t>;
using Path = std::array<std::uint8_t, kDigits>;

unsigned bit_at(BytesView bytes, std::size_t bit) {
    return bytes[bit / 8] >> (7 - bit % 8) & 1U;
}
void push_bit(std::uint8_t& digit, unsigned bit) {
    digit = static_cast<std::uint8_t>(unsigned{digit} << 1 | bit);
}

// Returns the digits of a key, most significant first.
Path path_of(const Kamt::Word& key) {
    Path path{};
    for (std::size_t bit = 0; bit < 256; ++bit) push_bit(path[bit / kWidth], bit_at(key, bit));
    return path;
}

// Writes digits one after another, five bits each; the last byte is filled with zeros.
Bytes pack(const Digits& digits) {
    Bytes out((digits.size() * kWidth + 7) / 8, 0);
    for (std::size_t bit = 0; bit < digits.size() * kWidth; ++bit) {
        const unsigned value = digits[bit / kWidth] >> (kWidth - 1 - bit % kWidth) & 1U;
        out[bit / 8] = static_cast<std::uint8_t>(out[bit / 8] | value << (7 - bit % 8));
    }
    return out;
}

Result<Digits> unpack(std::uint64_t bits, BytesView bytes) {
    if (bits % kWidth != 0 || bits >= 256 || bytes.size() != (bits + 7) / 8)
        return fail(Errc::malformed, "a KAMT extension has " + std::to_string(bits) + " bits in " +
                                         std::to_string(bytes.size()) +
                                         " bytes, expected a multiple of 5 below 256 in as few bytes as it needs");
    Digits digits(bits / kWidth);
    for (std::size_t bit = 0; bit < bits; ++bit) push_bit(digits[bit / kWidth], bit_at(bytes, bit));
    if (pack(digits) != to_bytes(bytes))
        return fail(Errc::non_canonical, "a KAMT extension has unused bits that are not zero");
    return digits;
}

// Writes a word without its leading zeros. As in the reference, read_word accepts leading zeros (builtin-actors
// actors/evm/shared/src/uints.rs).
void write_word(CborWriter& w, const Kamt::Word& word) {
    const auto first = std::ranges::find_if(word, [](std::uint8_t byte) { return byte != 0; });
    w.bytes(BytesView(first, word.end()));
}
Result<Kamt::Word> read_word(CborReader& r) {
    STRATA_TRY(const auto bytes, r.bytes());
    if (bytes.size() > 32)
        return fail(Errc::malformed, "a KAMT word has " + std::to_string(bytes.size()) + " bytes, expected at most 32");
    Kamt::Word word{};
    std::ranges::copy(bytes, word.end() - static_cast<std::ptrdiff_t>(bytes.size()));
    return word;
}

}  // namespace

// A slot is either one entry (no link and no child), or a child some digits further down: a link, a node in memory, or
// both.
struct Kamt::Slot {
    Word key{};
    Word value{};
    Digits skipped;
    Cid link;
    std::unique_ptr<Node> child;  // changed since the last flush if the link is undefined

    bool is_entry() const { return !link.defined() && !child; }
};

struct Kamt::Node {
    std::map<std::uint8_t, Slot> slots;
};

struct Kamt::Ops {
    Blockstore& store;

    // Reads a pointer: {"v": [[key, value]]}, or {"l": [link, number of skipped bits, skipped bits]}.
    static Result<Slot> read_slot(CborReader& r) {
        STRATA_TRY(const auto entries, r.map());
        STRATA_TRY(const auto kind, r.text());
        Slot slot;
        if (entries == 1 && kind == "v") {
            STRATA_OK(r.tuple(1));
            STRATA_OK(r.tuple(2));
            STRATA_TRY(slot.key, read_word(r));
            STRATA_TRY(slot.value, read_word(r));
            return slot;
        }
        if (entries != 1 || kind != "l") return fail(Errc::malformed, "a KAMT pointer is neither an entry nor a link");
        STRATA_OK(r.tuple(3));
        STRATA_TRY(slot.link, r.link());
        if (slot.link.codec() != Codec::dag_cbor)
            return fail(Errc::malformed,
                        "the KAMT link " + slot.link.to_string() + " does not have the codec DAG-CBOR");
        STRATA_TRY(const auto bits, r.uint());
        STRATA_TRY(const auto bytes, r.bytes());
        STRATA_TRY(slot.skipped, unpack(bits, bytes));
        return slot;
    }

    // Returns the bitfield without leading zeros. The reference accepts up to 32 bytes with leading zeros (ref-fvm
    // ipld/kamt/src/bitfield.rs).
    static Result<BytesView> read_bitfield(CborReader& r) {
        STRATA_TRY(BytesView bits, r.bytes());
        const std::size_t size = bits.size();
        while (!bits.empty() && bits[0] == 0) bits = bits.subspan(1);
        if (size > 32 || bits.size() > 4)
            return fail(Errc::malformed, "the bitfield of a KAMT node has " + std::to_string(size) +
                                             " bytes, expected at most 4, or at most 32 with leading zeros");
        return bits;
    }

    Result<std::unique_ptr<Node>> read(const Cid& cid, bool is_root) const {
        STRATA_TRY(const Bytes data, store.get(cid));
        CborReader r(data);
        STRATA_OK(r.tuple(2));
        STRATA_TRY(const auto bitfield, read_bitfield(r));
        STRATA_TRY(const auto count, r.array());
        if (count == 0 && !is_root) return fail(Errc::malformed, "a KAMT has an empty node below the root");
        const auto wrong_count = [&] {
            int expected = 0;
            for (const auto byte : bitfield) expected += std::popcount(byte);
            return fail(Errc::malformed, "a KAMT node has " + std::to_string(count) + " pointers, expected " +
                                             std::to_string(expected) + " as its bitfield says");
        };
        auto node = std::make_unique<Node>();
        // The bitfield is a big-endian number, so its last bit is that of digit 0.
        const std::size_t bits = bitfield.size() * 8;
        for (std::size_t digit = 0; digit < bits; ++digit) {
            if (bit_at(bitfield, bits - 1 - digit) == 0) continue;
            if (node->slots.size() == count) return wrong_count();
            STRATA_TRY(node->slots[static_cast<std::uint8_t>(digit)], read_slot(r));
        }
        if (node->slots.size() != count) return wrong_count();
        STRATA_OK(r.finish());
        return node;
    }

    Result<Node*> child_of(Slot& slot) const {
        if (!slot.child) {
            STRATA_TRY(slot.child, read(slot.link, /*is_root=*/false));
        }
        return slot.child.get();
    }

    /// Returns how many of the slot's skipped digits agree with the path at `depth`, up to the first that differs.
    /// Error: malformed if the path has fewer digits.
    static Result<std::size_t> matching_digits(const Slot& slot, const Path& path, std::size_t depth) {
        if (depth + slot.skipped.size() >= kDigits)
            return fail(Errc::malformed, "a KAMT is deeper than the 52 digits of a key");
        const auto end = std::ranges::mismatch(slot.skipped, std::span(path).subspan(depth)).in1;
        return static_cast<std::size_t>(end - slot.skipped.begin());
    }

    Result<const Slot*> find(Node& root, const Word& key) const {
        const Path path = path_of(key);
        Node* node = &root;
        for (std::size_t depth = 0;;) {
            const auto it = node->slots.find(path[depth++]);
            if (it == node->slots.end()) return nullptr;
            auto& slot = it->second;
            if (slot.is_entry()) return slot.key == key ? &slot : nullptr;
            STRATA_TRY(const auto same, matching_digits(slot, path, depth));
            // A key that differs in a skipped digit is not below this link.
            if (same < slot.skipped.size()) return nullptr;
            depth += same;
            STRATA_TRY(node, child_of(slot));
        }
    }

    /// Sets a value; returns true if the node changed.
    Result<bool> set(Node& node, const Path& path, std::size_t depth, const Word& key, const Word& value) const {
        const auto [it, inserted] = node.slots.try_emplace(path[depth++]);
        auto& slot = it->second;
        if (inserted || (slot.is_entry() && slot.key == key)) {
            const bool changed = inserted || slot.value != value;
            slot.key = key;
            slot.value = value;
            return changed;
        }
        if (slot.is_entry()) {
            STRATA_OK(split_entry(slot, path, depth, key, value));
            return true;
        }
        STRATA_TRY(const auto same, matching_digits(slot, path, depth));
        if (same < slot.skipped.size()) {
            split_link(slot, same, path, depth, key, value);
            return true;
        }
        STRATA_TRY(Node* const child, child_of(slot));
        STRATA_TRY(const bool changed, set(*child, path, depth + same, key, value));
        if (changed) slot.link = Cid();
        return changed;
    }

    static Slot entry(const Word& key, const Word& value) {
        Slot slot;
        slot.key = key;
        slot.value = value;
        return slot;
    }

    // Replaces an entry with a node at the digit where its key and a new key first differ.
    static Status split_entry(Slot& slot, const Path& path, std::size_t depth, const Word& key, const Word& value) {
        const Path old = path_of(slot.key);
        Slot link;
        while (depth < kDigits && old[depth] == path[depth]) link.skipped.push_back(path[depth++]);
        if (depth == kDigits) return fail(Errc::malformed, "a KAMT key is in a wrong slot");
        link.child = std::make_unique<Node>();
        link.child->slots.emplace(old[depth], entry(slot.key, slot.value));
        link.child->slots.emplace(path[depth], entry(key, value));
        slot = std::move(link);
        return {};
    }

    // Replaces a link with a node, for a key that shares only the first `same` of the link's skipped digits; the old
    // link goes below the node.
    static void split_link(Slot& slot, std::size_t same, const Path& path, std::size_t depth, const Word& key,
                           const Word& value) {
        const auto at = slot.skipped.begin() + static_cast<std::ptrdiff_t>(same);
        const std::uint8_t digit = *at;
        Slot midway;
        midway.skipped.assign(slot.skipped.begin(), at);
        midway.child = std::make_unique<Node>();
        slot.skipped.erase(slot.skipped.begin(), at + 1);
        midway.child->slots.emplace(digit, std::move(slot));
        midway.child->slots.emplace(path[depth + same], entry(key, value));
        slot = std::move(midway);
    }

    Result<bool> remove(Node& node, const Path& path, std::size_t depth, const Word& key) const {
        const auto it = node.slots.find(path[depth++]);
        if (it == node.slots.end()) return false;
        auto& slot = it->second;
        if (slot.is_entry()) {
            if (slot.key != key) return false;
            node.slots.erase(it);
            return true;
        }
        STRATA_TRY(const auto same, matching_digits(slot, path, depth));
        if (same < slot.skipped.size()) return false;
        STRATA_TRY(Node* const child, child_of(slot));
        STRATA_TRY(const bool removed, remove(*child, path, depth + same, key));
        if (!removed) return false;
        slot.link = Cid();
        // A node below the root has at least two slots, so one is left unless the stored node broke this rule.
        if (child->slots.empty()) return fail(Errc::malformed, "a KAMT has a node with a single entry below the root");
        if (child->slots.size() == 1) absorb(slot);
        return true;
    }

    // Replaces a slot whose child has only one slot with that one. If it is a link, the digits that the link skips are
    // now those of the replaced slot, its digit in the child, and its own.
    static void absorb(Slot& slot) {
        auto [digit, only] = std::move(*slot.child->slots.begin());
        if (!only.is_entry()) {
            slot.skipped.push_back(digit);
            slot.skipped.insert(slot.skipped.end(), only.skipped.begin(), only.skipped.end());
            only.skipped = std::move(slot.skipped);
        }
        slot = Slot(std::move(only));
    }

    static Bytes bitfield_of(const Node& node) {
        std::uint32_t bits = 0;
        for (const auto& [digit, slot] : node.slots) bits |= 1U << digit;
        ByteArray<4> bytes;
        store_be(bytes.data(), bits);
        const auto first = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
        return {first, bytes.end()};
    }

    Result<Cid> flush(Node& node) const {
        CborWriter w;
        w.array(2);
        w.bytes(bitfield_of(node));
        w.array(node.slots.size());
        for (auto& [digit, slot] : node.slots) {
            w.map(1);
            if (slot.is_entry()) {
                w.text("v");
                w.array(1);
                w.array(2);
                write_word(w, slot.key);
                write_word(w, slot.value);
                continue;
            }
            if (!slot.link.defined()) {
                STRATA_TRY(slot.link, flush(*slot.child));
            }
            w.text("l");
            w.array(3);
            w.link(slot.link);
            w.uint(slot.skipped.size() * kWidth);
            w.bytes(pack(slot.skipped));
        }
        return store.put(Codec::dag_cbor, w.view());
    }

    // Visits a node. The keys bound the depth of a tree that set() makes, but not that of a hostile store, so the depth
    // is checked.
    Result<bool> visit(Node& node, const Visit& visitor, std::size_t depth) const {
        if (depth >= kDigits) return fail(Errc::malformed, "a KAMT is deeper than the 52 digits of a key");
        for (auto& [digit, slot] : node.slots) {
            bool more = false;
            if (slot.is_entry()) {
                STRATA_TRY(more, visitor(slot.key, slot.value));
            } else {
                STRATA_TRY(Node* const child, child_of(slot));
                STRATA_TRY(more, visit(*child, visitor, depth + 1 + slot.skipped.size()));
            }
            if (!more) return false;
        }
        return true;
    }
};

Kamt::Kamt(Blockstore& store) : store_(&store), root_(std::make_unique<Node>()) {}
Kamt::Kamt(Kamt&&) noexcept = default;
Kamt& Kamt::operator=(Kamt&&) noexcept = default;
Kamt::~Kamt() = default;

Result<Kamt> Kamt::load(Blockstore& store, const Cid& root) {
    Kamt kamt(store);
    STRATA_TRY(kamt.root_, Ops{store}.read(root, /*is_root=*/true));
    kamt.clean_root_ = root;
    return kamt;
}

Result<std::optional<Kamt::Word>> Kamt::get(const Word& key) const {
    STRATA_TRY(const Slot* const slot, Ops{*store_}.find(*root_, key));
    return slot != nullptr ? std::optional<Word>(slot->value) : std::nullopt;
}

Status Kamt::set(const Word& key, const Word& value) {
    STRATA_TRY(const bool changed, Ops{*store_}.set(*root_, path_of(key), 0, key, value));
    if (changed) clean_root_ = Cid();
    return {};
}

Result<bool> Kamt::remove(const Word& key) {
    STRATA_TRY(const bool removed, Ops{*store_}.remove(*root_, path_of(key), 0, key));
    if (removed) clean_root_ = Cid();
    return removed;
}

Result<Cid> Kamt::flush() {
    if (!clean_root_.defined()) {
        STRATA_TRY(clean_root_, Ops{*store_}.flush(*root_));
    }
    return clean_root_;
}

Status Kamt::for_each(const Visit& visit) const {
    STRATA_OK(Ops{*store_}.visit(*root_, visit, 0));
    return {};
}

bool Kamt::empty() const {
    return root_->slots.empty();
}

}  // namespace strata
