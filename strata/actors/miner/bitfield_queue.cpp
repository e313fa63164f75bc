#include <strata/actors/miner/bitfield_queue.hpp>

#include <map>

namespace strata::actors::miner {

Done check_encodable(const BitField& field) {
    constexpr std::size_t limit = 32 * 1024;  // MAX_ENCODED_SIZE in ref-fvm ipld/bitfield/src/lib.rs
    const std::size_t size = field.to_rle_plus().size();
    if (size <= limit) return {};
    return abort(ExitCode::serialization, "a bit field would take " + std::to_string(size) +
                                              " bytes, expected at most " + std::to_string(limit));
}

ActorResult<BitFieldQueue> BitFieldQueue::load(Runtime& rt, const Cid& root, const QuantSpec& quant) {
    STRATA_TRY(auto amt, load_array<BitField>(rt, root));
    return BitFieldQueue(rt, std::move(amt), quant);
}

Done BitFieldQueue::add_to_queue(ChainEpoch epoch, const BitField& values) {
    if (values.empty()) return {};
    STRATA_TRY(const auto index, index_of(quant_.quantize_up(epoch)));
    STRATA_TRY(auto entry, checked(rt_, amt_.get(index)));
    const BitField merged = entry.value_or(BitField{}) | values;
    STRATA_OK(check_encodable(merged));
    return checked(rt_, amt_.set(index, merged));
}

Done BitFieldQueue::add_many_to_queue_values(const std::vector<std::pair<ChainEpoch, std::uint64_t>>& values) {
    std::map<ChainEpoch, std::vector<std::uint64_t>> by_epoch;
    for (const auto& [epoch, value] : values) by_epoch[quant_.quantize_up(epoch)].push_back(value);
    for (auto& [epoch, of_epoch] : by_epoch) STRATA_OK(add_to_queue(epoch, BitField::of(std::move(of_epoch))));
    return {};
}

Done BitFieldQueue::cut(const BitField& to_cut) {
    std::vector<std::pair<std::uint64_t, BitField>> entries;
    STRATA_OK(checked(rt_, amt_.for_each([&](std::uint64_t index, const BitField& values) -> Status {
        entries.emplace_back(index, values.cut(to_cut));
        return {};
    })));
    // The changes are written after the walk, which must not see them.
    for (const auto& [index, values] : entries) {
        if (values.empty()) {
            STRATA_OK(checked(rt_, amt_.remove(index)));
        } else {
            STRATA_OK(checked(rt_, amt_.set(index, values)));
        }
    }
    return {};
}

ActorResult<std::optional<BitField>> BitFieldQueue::pop_until(ChainEpoch until) {
    BitField popped;
    std::vector<std::uint64_t> indices;
    STRATA_OK(checked(rt_, amt_.for_each_while([&](std::uint64_t index, const BitField& values) -> Result<bool> {
        // The entries are in the order of their epochs, so the first later one ends the walk.
        if (static_cast<ChainEpoch>(index) > until) return false;
        indices.push_back(index);
        popped |= values;
        return true;
    })));
    if (indices.empty()) return std::optional<BitField>{};
    STRATA_OK(remove_all(rt_, amt_, indices));
    return std::optional<BitField>(std::move(popped));
}

}  // namespace strata::actors::miner
