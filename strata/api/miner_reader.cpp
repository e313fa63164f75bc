#include <strata/api/miner_reader.hpp>

namespace strata::api {

namespace miner = actors::miner;

Result<miner::MinerInfo> MinerReader::info() {
    return get_cbor<miner::MinerInfo>(blocks(), state.info);
}

Result<std::vector<miner::Deadline>> MinerReader::deadlines() {
    STRATA_TRY(const auto all, get_cbor<miner::Deadlines>(blocks(), state.deadlines));
    std::vector<miner::Deadline> out;
    for (const auto& cid : all.due) {
        STRATA_TRY(out.emplace_back(), get_cbor<miner::Deadline>(blocks(), cid));
    }
    return out;
}

Result<miner::Deadline> MinerReader::deadline(std::uint64_t index) {
    STRATA_TRY(const auto all, get_cbor<miner::Deadlines>(blocks(), state.deadlines));
    if (index >= all.due.size())
        return fail(Errc::out_of_range, "failed to load the deadline: its index is " + std::to_string(index) +
                                            ", expected one below " + std::to_string(all.due.size()));
    return get_cbor<miner::Deadline>(blocks(), all.due[index]);
}

Result<std::vector<miner::Partition>> MinerReader::partitions(const miner::Deadline& deadline) {
    STRATA_TRY(const auto amt, miner::Partitions::load(blocks(), deadline.partitions, miner::kPartitionsWidth));
    std::vector<miner::Partition> out;
    STRATA_OK(amt.for_each([&](std::uint64_t, const miner::Partition& partition) -> Status {
        out.push_back(partition);
        return {};
    }));
    return out;
}

Result<std::vector<miner::Partition>> MinerReader::all_partitions() {
    STRATA_TRY(const auto all, deadlines());
    std::vector<miner::Partition> out;
    for (const auto& deadline : all) {
        STRATA_TRY(auto some, partitions(deadline));
        out.insert(out.end(), some.begin(), some.end());
    }
    return out;
}

Result<AmtArray<miner::SectorOnChainInfo>> MinerReader::sectors() {
    return AmtArray<miner::SectorOnChainInfo>::load(blocks(), state.sectors, miner::kSectorsAmtWidth);
}

Result<MinerReader> read_miner(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    auto actor = load_actor(context, view.state, address);
    if (!actor) return std::move(actor).error().with_context("failed to load miner actor");
    STRATA_TRY(const auto name, code_name(view.state, actor->code));
    if (name != "storageminer")
        return fail(Errc::verification, "failed to load miner actor state: actor code is not storageminer: " +
                                            (name.empty() ? actor->code.to_string() : name));
    STRATA_TRY(auto state, get_cbor<miner::State>(context.blocks(), actor->head));
    return MinerReader{std::move(view.tipset), std::move(view.state), std::move(*actor), std::move(state)};
}

}  // namespace strata::api
