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

// Where `at` lies in a file of `size` bytes; before its first byte counts as the first.
std::uint64_t absolute(std::int64_t at, std::uint64_t size) {
    if (at >= 0) return static_cast<std::uint64_t>(at);
    const auto back = std::uint64_t{0} - static_cast<std::uint64_t>(at);
    return back > size ? 0 : size - back;
}

bool is_commitment(const Cid& cid) {
    return cid.codec() == Codec::commitment_sealed || cid.codec() == Codec::commitment_unsealed;
}

}  // namespace

Result<EntityBytes> parse_entity_bytes(std::string_view text) {
    const auto colon = text.find(':');
    const auto from = signed_number(text.substr(0, colon));
    if (colon == std::string_view::npos || !from) return fail(Errc::malformed, "entity-bytes is from:to or from:*");
    const auto end = text.substr(colon + 1);
    if (end == "*") return EntityBytes{*from, std::nullopt};
    const auto to = signed_number(end);
    if (!to || ((*from < 0) == (*to < 0) && *to < *from))
        return fail(Errc::malformed, "entity-bytes ends before it begins, or at no number");
    return EntityBytes{*from, to};
}

Result<std::vector<Cid>> resolve_path(Blockstore& blocks, const Cid& root, std::span<const std::string> names) {
    std::vector<Cid> out{root};
    for (const auto& name : names) {
        if (out.back().codec() != Codec::dag_pb)
            return fail(Errc::unsupported, "paths lead through UnixFS directories only");
        STRATA_TRY(const Bytes block, verified_block(blocks, out.back()));
        STRATA_TRY(const auto node, decode_unixfs(block));
        if (node.type == UnixFsNode::Type::shard)
            return fail(Errc::unsupported, "paths through sharded directories are not resolved");
        const auto link = std::ranges::find(node.links, std::optional(name), &PbLink::name);
        if (node.type != UnixFsNode::Type::directory || link == node.links.end())
            return fail(Errc::not_found, "there is no '" + name + "' below " + out.back().to_string());
        out.push_back(link->hash);
    }
    return out;
}

Result<DagCar> DagCar::open(Blockstore& blocks, const CarRequest& request, const DagLimits& limits) {
    DagCar out(blocks, request, limits);
    STRATA_TRY(auto last, out.last_step(request));
    out.steps_.push_back(std::move(last));
    for (const auto& cid : request.path | std::views::take(request.path.size() - 1) | std::views::reverse)
        out.steps_.push_back({cid, 0, true, std::nullopt});
    out.ready_ = car_header({request.path.front()});
    return out;
}

Result<DagCar::Step> DagCar::last_step(const CarRequest& request) {
    Step step{request.path.back(), 0, request.scope == DagScope::block, std::nullopt};
    STRATA_TRY(const Bytes block, verified_block(*blocks_, step.cid));
    if (request.scope != DagScope::entity) return step;
    step.alone = true;
    if (step.cid.codec() != Codec::dag_pb) return step;
    const auto node = decode_unixfs(block);
    if (!node) return step;  // no UnixFS: an entity of one block
    if (node->type == UnixFsNode::Type::shard)
        return fail(Errc::unsupported, "sharded directories are given as a whole only (dag-scope=all)");
    step.alone = !node->is_file();
    if (!request.bytes || step.alone) return step;
    const auto to = request.bytes->to ? absolute(*request.bytes->to, node->file_size) : UINT64_MAX;
    step.range = Range{absolute(request.bytes->from, node->file_size), to};
    return step;
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
    if (is_commitment(step.cid)) return {};
    const bool known = !duplicates_ && !seen_.insert(step.cid).second;
    // A block that was there before may have been walked for other bytes of the file.
    if (known && !step.range) return {};
    if (step.depth > limits_.depth || ++visited_ > limits_.blocks)
        return fail(Errc::too_large, "a DAG of too many blocks");
    STRATA_TRY(const Bytes block, verified_block(*blocks_, step.cid));
    bytes_ += block.size();
    if (bytes_ > limits_.bytes) return fail(Errc::too_large, "a DAG of too many bytes");
    // Identity CIDs carry their block themselves.
    if (!known && step.cid.hash() != HashCode::identity) ready_ = car_section(step.cid, block);
    return step.alone ? Status{} : push_below(step, block);
}

Status DagCar::push_below(const Step& step, BytesView block) {
    std::vector<Step> below;
    if (step.range && step.cid.codec() == Codec::dag_pb) {
        STRATA_TRY(const auto node, decode_unixfs(block));
        if (!node.is_file()) return fail(Errc::malformed, "a block of a file that is none");
        std::uint64_t at = node.data.size();
        for (std::size_t i = 0; i < node.links.size(); ++i) {
            const auto size = node.block_sizes[i];
            if (size > UINT64_MAX - at) return fail(Errc::malformed, "sizes in a UnixFS node are wrong");
            const auto [first, last] = *step.range;
            if (last >= at && first < at + size) {
                const Range range{first > at ? first - at : 0, last - at};
                below.push_back({node.links[i].hash, step.depth + 1, false, range});
            }
            at += size;
        }
    } else {
        STRATA_TRY(const auto links, links_of(step.cid.codec(), block));
        for (const auto& link : links) below.push_back({link, step.depth + 1, false, std::nullopt});
    }
    std::ranges::move(below | std::views::reverse, std::back_inserter(steps_));
    return {};
}

}  // namespace strata::retrieval
