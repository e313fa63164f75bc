#include <strata/chain/chain_export.hpp>

#include <strata/chain/chain_store.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/dag.hpp>

namespace strata::chain {
namespace {

// Takes what is stored and writes each block once. Lists of messages and receipts are stored here again, which makes
// the same blocks as before and leaves out what hangs below them (events).
class CarStore final : public Blockstore {
  public:
    CarStore(const ByteSink& write, ChainExport& count) : write_(write), count_(count) {}

    Status begin(const std::vector<Cid>& roots) { return put_bytes(car_header(roots)); }
    Result<Bytes> get(const Cid& cid) override {
        return fail(Errc::internal, "the export reads " + cid.to_string() + ", which it only writes");
    }
    Result<bool> has(const Cid& cid) override { return written_.contains(cid); }
    Result<Cid> put(Codec codec, BytesView data) override {
        const Cid cid = Cid::hash_of(codec, data);
        STRATA_OK(put_block(cid, data));
        return cid;
    }
    Status put_block(const Cid& cid, BytesView data) override {
        if (!written_.insert(cid)) return {};
        ++count_.blocks;
        return put_bytes(car_section(cid, data));
    }

  private:
    Status put_bytes(const Bytes& bytes) {
        count_.bytes += bytes.size();
        return write_(bytes);
    }
    const ByteSink& write_;
    ChainExport& count_;
    CidSet written_;
};

Status same_root(const Cid& made, const Cid& named, std::string_view what) {
    if (made == named) return {};
    return fail(Errc::malformed, "the " + std::string(what) + " " + named.to_string() +
                                     " do not have the form of the protocol: written again they are " +
                                     made.to_string());
}

Status export_tipset(ChainStore& chain, ChainStore& out, const Tipset& tipset) {
    for (const auto& block : tipset.blocks()) {
        STRATA_OK(out.put_header(block));
        STRATA_TRY(const auto messages, chain.messages(block));
        STRATA_TRY(const Cid listed, out.put_messages(messages));
        STRATA_OK(same_root(listed, block.messages, "messages"));
    }
    if (tipset.height() == 0) return {};
    STRATA_TRY(const auto receipts, chain.receipts(tipset.parent_receipts()));
    STRATA_TRY(const Cid root, out.put_receipts(receipts));
    return same_root(root, tipset.parent_receipts(), "receipts");
}

// The code of actors has raw CIDs; a node with native actors does not have it.
Status export_state(Blockstore& blocks, CarStore& out, const Cid& root) {
    DagLimits limits;
    limits.leave_out = [&](const Cid& cid) {
        if (cid.codec() != Codec::raw) return false;
        const auto here = blocks.has(cid);
        return here.has_value() && !*here;
    };
    return walk_dag(blocks, root, [&](const Cid& cid, BytesView data) { return out.put_block(cid, data); }, limits);
}

}  // namespace

Result<ChainExport> export_chain(ChainStore& chain, const TipsetPtr& head, const ByteSink& write, const Watch& watch) {
    ChainExport out;
    CarStore car(write, out);
    store::MemoryKeyValue unused;
    ChainStore target(car, unused);
    STRATA_OK(car.begin(head->cids()));
    TipsetPtr at = head;
    for (;;) {
        const double left = static_cast<double>(at->height()) / static_cast<double>(head->height() + 1);
        STRATA_OK(watch.at("epoch " + std::to_string(at->height()), 1.0 - left));
        STRATA_OK(export_tipset(chain, target, *at));
        ++out.tipsets;
        if (at->height() == 0) break;
        STRATA_TRY(at, chain.parent(*at));
    }
    STRATA_OK(export_state(chain.blocks(), car, at->parent_state_root()));
    return out;
}

}  // namespace strata::chain
