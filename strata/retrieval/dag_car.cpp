#include <strata/retrieval/dag_car.hpp>

#include <algorithm>
#include <charconv>
#include <ranges>

#include <strata/ipld/car.hpp>

namespace strata::retrieval {
namespace {

std::optional<std::int64_t> signed_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

// Bytes of a file, both ends included.
struct Range {
    std::uint64_t first = 0, last = 0;
};

// Counts both ends from the beginning of a file of `size` bytes. Empty if none of its bytes is asked for; then the
// answer is the same as for scope block.
std::optional<Range> absolute_range(const EntityBytes& bytes, std::uint64_t size) {
    // The distance of a negative position from the file's end. Unsigned, because INT64_MIN has no positive counterpart.
    const auto from_end = [](std::int64_t at) { return std::uint64_t{0} - static_cast<std::uint64_t>(at); };
    Range out{0, UINT64_MAX};
    if (bytes.from >= 0) {
        out.first = static_cast<std::uint64_t>(bytes.from);
    } else if (from_end(bytes.from) < size) {
        out.first = size - from_end(bytes.from);
    }
    if (bytes.to && *bytes.to >= 0) {
        out.last = static_cast<std::uint64_t>(*bytes.to);
    } else if (bytes.to) {
        if (from_end(*bytes.to) > size) return {};
        out.last = size - from_end(*bytes.to);
    }
    if (out.first > out.last || out.first >= size) return {};
    return out;
}

// Returns the size of a file: its own data and its block sizes, which the walk relies on. Empty if the sum does not fit
// into 64 bits.
std::optional<std::uint64_t> size_of(const UnixFsNode& node) {
    std::uint64_t size = node.data.size();
    for (const auto part : node.block_sizes) {
        if (part > UINT64_MAX - size) return {};
        size += part;
    }
    return size;
}

}  // namespace

Result<EntityBytes> parse_entity_bytes(std::string_view text) {
    const auto colon = text.find(':');
    const auto from = signed_number(text.substr(0, colon));
    if (colon == std::string_view::npos || !from)
        return fail(Errc::malformed,
                    "entity-bytes is '" + std::string(text.substr(0, 100)) + "', expected from:to or from:*");
    const auto end = text.substr(colon + 1);
    if (end == "*") return EntityBytes{*from, std::nullopt};
    const auto to = signed_number(end);
    if (!to)
        return fail(Errc::malformed,
                    "entity-bytes ends at '" + std::string(end.substr(0, 100)) + "', expected a 64-bit number or *");
    // If only one of the two is negative, their order depends on the file's size.
    if ((*from < 0) == (*to < 0) && *to < *from)
        return fail(Errc::malformed, "entity-bytes ends at " + std::to_string(*to) + ", expected at least " +
                                         std::to_string(*from) + ", where it begins");
    return EntityBytes{*from, to};
}

Result<DagCar> DagCar::open(Blockstore& blocks, const CarRequest& request, const DagLimits& limits) {
    DagCar out(blocks, request, limits);
    STRATA_TRY(auto last, out.last_step(request));
    // The next step is at the back: first the blocks of the path, beginning with the root, then what is below the last.
    out.steps_.push_back(std::move(last));
    for (const auto& cid : request.path | std::views::take(request.path.size() - 1) | std::views::reverse)
        out.steps_.push_back({cid, Below::nothing});
    out.ready_ = car_header({request.path.front()});
    return out;
}

Result<DagCar::Step> DagCar::last_step(const CarRequest& request) {
    Step step{request.path.back(), request.scope == DagScope::block ? Below::nothing : Below::everything};
    STRATA_TRY(const Bytes block, verified_block(*blocks_, step.cid));
    if (request.scope != DagScope::entity) return step;
    // Scope entity: a file with its bytes, a sharded directory with its shards; anything else is one block.
    step.below = Below::nothing;
    if (step.cid.codec() != Codec::dag_pb) return step;
    const auto node = decode_unixfs(block);
    if (!node) return step;
    if (node->type == UnixFsNode::Type::shard) step.below = Below::shards;
    if (!node->is_file()) return step;
    step.below = Below::everything;
    if (!request.bytes) return step;
    step.below = Below::nothing;
    const auto size = size_of(*node);
    if (!size) return step;
    const auto range = absolute_range(*request.bytes, *size);
    return range ? Step{step.cid, Below::range, range->first, range->last} : step;
}

Result<std::size_t> DagCar::read(std::span<std::uint8_t> out) {
    while (given_ == ready_.size()) {
        if (steps_.empty()) return std::size_t{0};
        ready_.clear();
        given_ = 0;
        STRATA_OK(next());
    }
    const auto size = std::min(out.size(), ready_.size() - given_);
    std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(given_), size, out.begin());
    given_ += size;
    return size;
}

Status DagCar::next() {
    const Step step = std::move(steps_.back());
    steps_.pop_back();
    // A commitment names a complete piece or sector, which is not a block of the DAG.
    if (is_sector_commitment(step.cid)) return {};
    const bool known = !duplicates_ && !seen_.insert(step.cid);
    // A block that was sent before is not walked again, unless it was walked for different bytes of the file.
    if (known && step.below != Below::range) return {};
    if (++visited_ > limits_.blocks)
        return fail(Errc::too_large, "the DAG has more than " + std::to_string(limits_.blocks) + " blocks");
    STRATA_TRY(const Bytes block, verified_block(*blocks_, step.cid));
    bytes_ += block.size();
    if (bytes_ > limits_.bytes)
        return fail(Errc::too_large, "the DAG has more than " + std::to_string(limits_.bytes) + " bytes");
    // An identity CID contains its block, and a gateway must not send it (trustless-gateway).
    if (!known && step.cid.hash() != HashCode::identity) ready_ = car_section(step.cid, block);
    std::ranges::move(steps_below(step, block) | std::views::reverse, std::back_inserter(steps_));
    if (steps_.size() > limits_.pending)
        return fail(Errc::too_large,
                    "the DAG has more than " + std::to_string(limits_.pending) + " links waiting to be followed");
    return {};
}

std::vector<DagCar::Step> DagCar::steps_below(const Step& step, BytesView block) {
    std::vector<Step> out;
    const auto add_all = [&](const Result<std::vector<Cid>>& links, Below below) {
        if (!links) return;
        for (const auto& link : *links) out.push_back({link, below});
    };
    switch (step.below) {
        case Below::nothing:
            return out;
        case Below::everything:
            add_all(links_of(step.cid.codec(), block), Below::everything);
            return out;
        case Below::shards:
            if (const auto node = decode_unixfs(block)) add_all(shards_below(*node), Below::shards);
            return out;
        case Below::range:
            break;
    }
    if (step.cid.codec() != Codec::dag_pb) return out;
    const auto node = decode_unixfs(block);
    if (!node || !node->is_file() || !size_of(*node)) return out;
    // `at` is the position of the child's first byte in this node's file; the child's range is counted from that byte.
    std::uint64_t at = node->data.size();
    for (std::size_t i = 0; i < node->links.size(); ++i) {
        const auto size = node->block_sizes[i];
        if (step.last >= at && step.first < at + size)
            out.push_back({node->links[i].hash, Below::range, step.first > at ? step.first - at : 0, step.last - at});
        at += size;
    }
    return out;
}

}  // namespace strata::retrieval
