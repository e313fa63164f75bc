#include <strata/store/generations.hpp>

#include <algorithm>

#include <strata/base/log.hpp>
#include <strata/ipld/cbor.hpp>

namespace strata::store {
namespace {

const Log kLog("store");

constexpr std::string_view kRecordKey = "chain/generations";
constexpr std::string_view kChainFamily = "chain";
constexpr std::string_view kPrefix = "states-";
constexpr std::uint64_t kLeastCost = 256;  // of a block, in bytes of a budget
constexpr std::size_t kMet = std::size_t{1} << 16;
constexpr std::size_t kBlocksAtOnce = 1000;  // of a generation that is looked through

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::string family_name(std::uint64_t number) {
    return std::string(kPrefix) + std::to_string(number);
}

}  // namespace

/// The record of the families of states, newest first. While `collecting`, all but the first are dropped at the end;
/// otherwise they stay until the next collection.
struct Generations::Names {
    std::uint64_t newest = 1;
    std::vector<std::string> old;
    bool collecting = false;
    STRATA_CBOR_TUPLE(newest, old, collecting);
};

/// The families at one moment; immutable, so that readers need the lock only to get at it.
struct Generations::View {
    Names names;
    FamilyPtr chain;
    FamilyPtr newest;
    std::vector<FamilyPtr> old;  // newest first
    std::shared_ptr<Blockstore> bottom;
};

class Generations::Lasting final : public Blockstore {
  public:
    explicit Lasting(Generations& all) : all_(all) {}
    Result<Bytes> get(const Cid& cid) override { return all_.get(cid, /*chain_first=*/true); }
    Result<bool> has(const Cid& cid) override { return all_.has(cid, /*chain_first=*/true); }
    Result<Cid> put(Codec codec, BytesView data) override {
        const Cid cid = Cid::hash_of(codec, data);
        STRATA_OK(put_block(cid, data));
        return cid;
    }
    Status put_block(const Cid& cid, BytesView data) override { return all_.view()->chain->put(cid, data); }
    Status put_blocks(std::span<const CarriedBlock> blocks) override { return all_.view()->chain->put_many(blocks); }

  private:
    Generations& all_;
};

class Generations::States final : public CollectedBlockstore {
  public:
    explicit States(Generations& all) : all_(all) {}
    Result<Bytes> get(const Cid& cid) override { return all_.get(cid, /*chain_first=*/false); }
    Result<bool> has(const Cid& cid) override { return all_.has_and_note(cid); }
    Result<Cid> put(Codec codec, BytesView data) override {
        const Cid cid = Cid::hash_of(codec, data);
        STRATA_OK(put_block(cid, data));
        return cid;
    }
    Status put_block(const Cid& cid, BytesView data) override {
        return all_.put({&cid, 1}, [&](Family& newest) { return newest.put(cid, data); });
    }
    Status put_blocks(std::span<const CarriedBlock> blocks) override {
        std::vector<Cid> cids;
        for (const auto& block : blocks) cids.push_back(block.cid);
        return all_.put(cids, [&](Family& newest) { return newest.put_many(blocks); });
    }
    Blockstore& lasting() override { return *all_.lasting_; }
    std::shared_ptr<const void> hold() override { return all_.hold(); }

  private:
    Generations& all_;
};

Generations::Generations(Families& families, KeyValue& meta)
    : families_(families),
      meta_(meta),
      states_(std::make_unique<States>(*this)),
      lasting_(std::make_unique<Lasting>(*this)) {}
Generations::~Generations() = default;

CollectedBlockstore& Generations::states() {
    return *states_;
}

Write Generations::record_of(const Names& names) const {
    return {std::string(kRecordKey), to_cbor(names)};
}

Result<Generations::Names> Generations::read_record() {
    STRATA_TRY(const auto record, meta_.get(kRecordKey));
    if (record) {
        auto names = from_cbor<Names>(*record);
        if (!names) return std::move(names).error().with_context("the record chain/generations");
        return names;
    }
    Names names;
    // The record is on disk before a second generation is made.
    for (const auto& name : families_.family_names())
        if (name.starts_with(kPrefix) && name != family_name(names.newest))
            return fail(Errc::malformed, "the record " + std::string(kRecordKey) + " is lost, but the database has " +
                                             name + "; nothing was removed");
    if (contains(families_.family_names(), kBlocksFamily)) names.old.emplace_back(kBlocksFamily);
    return names;
}

std::shared_ptr<Generations::View> Generations::open_view(const Names& names, Status& status) {
    auto view = std::make_shared<View>();
    view->names = names;
    const auto open = [&](const std::string& name) -> FamilyPtr {
        auto family = families_.family(name);
        if (family) return std::move(*family);
        if (status) status = std::move(family).error();
        return nullptr;
    };
    view->chain = open(std::string(kChainFamily));
    view->newest = open(family_name(names.newest));
    for (const auto& name : names.old) view->old.push_back(open(name));
    return view;
}

// A family that the record does not name is one that was made and not yet used, or one that a collection has dropped.
Status Generations::drop_unnamed(const Names& names) {
    for (const auto& name : families_.family_names()) {
        if (name == kChainFamily || name == family_name(names.newest) || contains(names.old, name)) continue;
        kLog.info("old states are removed", {{"family", name}});
        STRATA_OK(families_.drop_family(name));
    }
    return {};
}

Status Generations::open() {
    STRATA_TRY(const auto names, read_record());
    STRATA_OK(drop_unnamed(names));
    Status opened;
    const auto view = open_view(names, opened);
    STRATA_OK(opened);
    STRATA_OK(meta_.write({record_of(names)}));
    const Lock lock(mutex_);
    view_ = view;
    must_look_through_ = names.collecting;
    return {};
}

void Generations::set_bottom(std::shared_ptr<Blockstore> bottom) {
    const Lock lock(mutex_);
    auto changed = std::make_shared<View>(*view_);
    changed->bottom = std::move(bottom);
    view_ = std::move(changed);
}

Generations::ViewPtr Generations::view() const {
    const Lock lock(mutex_);
    return view_;
}

std::uint64_t Generations::bytes_of_states() const {
    std::uint64_t total = 0;
    for (const auto& family : sizes())
        if (!family.is_chain) total += family.bytes;
    return total;
}

std::vector<Generations::Size> Generations::sizes() const {
    const auto now = view();
    std::vector<Size> out{{std::string(kChainFamily), now->chain->bytes(), /*is_old=*/false, /*is_chain=*/true},
                          {family_name(now->names.newest), now->newest->bytes()}};
    for (std::size_t i = 0; i < now->old.size(); ++i)
        out.push_back({now->names.old[i], now->old[i]->bytes(), /*is_old=*/true});
    return out;
}

bool Generations::has_old_chain() const {
    const auto now = view();
    return now->bottom || contains(now->names.old, kBlocksFamily);
}

bool Generations::has_bottom() const {
    return view()->bottom != nullptr;
}

// Looks where a collection copies from.
Result<std::optional<Bytes>> Generations::find_old(const View& view, const Cid& cid) {
    for (const auto& family : view.old) {
        STRATA_TRY(auto data, family->find(cid));
        if (data) return data;
    }
    if (!view.bottom) return std::optional<Bytes>{};
    auto data = view.bottom->get(cid);
    if (data) return std::optional(std::move(*data));
    if (data.error().code() == Errc::missing_block) return std::optional<Bytes>{};
    return data.error();
}

Result<Bytes> Generations::get(const Cid& cid, bool chain_first) {
    const auto now = view();
    for (const auto& family : {chain_first ? now->chain : now->newest, chain_first ? now->newest : now->chain}) {
        STRATA_TRY(auto data, family->find(cid));
        if (data) return std::move(*data);
    }
    STRATA_TRY(auto data, find_old(*now, cid));
    if (!data) return block_is_missing(cid);
    return std::move(*data);
}

Result<bool> Generations::has(const Cid& cid, bool chain_first) {
    const auto now = view();
    for (const auto& family : {chain_first ? now->chain : now->newest, chain_first ? now->newest : now->chain}) {
        STRATA_TRY(const bool here, family->has(cid));
        if (here) return true;
    }
    return has_old(*now, cid);
}

Result<bool> Generations::has_old(const View& view, const Cid& cid) {
    for (const auto& family : view.old) {
        STRATA_TRY(const bool here, family->has(cid));
        if (here) return true;
    }
    return view.bottom ? view.bottom->has(cid) : Result<bool>(false);
}

// The caller may write links to what it finds, so what only an old generation has is noted. If the collection ends
// between the look and the note, the look is repeated. What the chain's family has stays without a note; a note of a
// header would lead to all headers below it.
Result<bool> Generations::has_and_note(const Cid& cid) {
    const auto before = view();
    STRATA_TRY(const bool is_new, before->newest->has(cid));
    if (is_new) return true;
    STRATA_TRY(const bool is_old, has_old(*before, cid));
    if (!is_old) return before->chain->has(cid);
    {
        const Lock lock(mutex_);
        if (view_->names.collecting) note(cid);
        if (view_ == before) return true;
    }
    return has_and_note(cid);
}

void Generations::note(const Cid& cid) {
    if (notes_.size() < kMaxNotes) {
        notes_.push_back(cid);
    } else {
        must_look_through_ = true;
        ++lost_notes_;
    }
}

// A write that begins before the end of a collection ends before it too, since finish() looks at writing_.
// After a failure some of the blocks may be there, so all are noted.
Status Generations::put(std::span<const Cid> cids, const std::function<Status(Family&)>& write) {
    const auto now = [&] {
        const Lock lock(mutex_);
        ++writing_;
        return view_;
    }();
    auto written = write(*now->newest);
    const Lock lock(mutex_);
    --writing_;
    if (!view_->names.collecting) return written;
    for (const auto& cid : cids)
        if (cid.codec() != Codec::raw) note(cid);
    return written;
}

Result<std::unique_ptr<Blockstore>> Generations::unsorted() {
    const std::string name(kBlocksFamily);
    STRATA_TRY(auto family, families_.family(name));
    const auto now = view();
    if (!contains(now->names.old, name)) {
        STRATA_CHECK(!now->names.collecting);
        auto next = std::make_shared<View>(*now);
        next->names.old.push_back(name);
        next->old.push_back(family);
        STRATA_OK(meta_.write({record_of(next->names)}));
        const Lock lock(mutex_);
        view_ = std::move(next);
    }
    return std::unique_ptr<Blockstore>(std::make_unique<FamilyBlockstore>(std::move(family)));
}

std::shared_ptr<const void> Generations::hold() {
    const Lock lock(mutex_);
    const auto number = next_hold_++;
    holds_.insert(number);
    const auto end = [this, number](const void*) {
        const Lock ending(mutex_);
        holds_.erase(number);
    };
    return {static_cast<const void*>(this), end};
}

bool Generations::is_collecting() const {
    return view()->names.collecting;
}

Copied Generations::copied() const {
    const Lock lock(mutex_);
    return copied_;
}

Status Generations::begin(LinksOf links) {
    links_ = std::move(links);
    met_.clear();
    const auto now = view();
    looked_at_ = {};
    if (now->names.collecting) return {};
    Names names{.newest = now->names.newest + 1, .old = {family_name(now->names.newest)}, .collecting = true};
    std::ranges::copy(now->names.old, std::back_inserter(names.old));
    auto next = std::make_shared<View>(*now);
    STRATA_TRY(next->newest, families_.family(family_name(names.newest)));
    next->old.insert(next->old.begin(), now->newest);
    next->names = names;
    // The record is on disk before the first block is in the new family, which a start would otherwise drop.
    STRATA_OK(meta_.write({record_of(names)}));
    const Lock lock(mutex_);
    view_ = std::move(next);
    notes_.clear();
    must_look_through_ = false;
    first_hold_after_begin_ = next_hold_;
    copied_ = {};
    return {};
}

Cid& Generations::place_of(const Cid& cid) {
    if (met_.empty()) met_.resize(kMet);
    const auto digest = cid.digest();
    return met_[digest.size() < sizeof(std::uint64_t) ? 0 : load_le<std::uint64_t>(digest.data()) % kMet];
}

// Copies a block to the newest generation, unless it is there; its links are looked at later.
Status Generations::take(const Cid& cid, Lack lack, std::uint64_t& spent) {
    if (cid.hash() == HashCode::identity) {
        const Lock lock(mutex_);
        note(cid);
        return {};
    }
    Cid& met = place_of(cid);
    if (met == cid) return {};
    const auto now = view();
    spent += kLeastCost / 8;
    STRATA_TRY(const bool is_new, now->newest->has(cid));
    if (is_new) {
        met = cid;
        return {};
    }
    STRATA_TRY(auto data, find_old(*now, cid));
    if (!data) {
        STRATA_TRY(data, now->chain->find(cid));
    }
    if (!data) {
        // A node with native actors does not have their code, which is raw.
        if (lack == Lack::is_allowed || cid.codec() == Codec::raw) return {};
        return fail(Errc::missing_block,
                    "block " + cid.to_string() + ", which a kept state needs, is in no generation");
    }
    const auto put = now->newest->put(cid, *data);
    spent += std::max<std::uint64_t>(kLeastCost, data->size());
    const Lock lock(mutex_);
    // After a failure the block may be there all the same, so it is noted.
    if (cid.codec() != Codec::raw) note(cid);
    if (!put) return put;
    met = cid;
    ++copied_.blocks;
    copied_.bytes += data->size();
    return {};
}

Status Generations::keep(const Cid& cid, Lack lack) {
    std::uint64_t unused = 0;
    return take(cid, lack, unused);
}

// Copies what a noted block links to. The note itself may be of a block that is only in an old generation.
Status Generations::follow(const Cid& cid, std::uint64_t& spent) {
    if (cid.hash() == HashCode::identity) {
        STRATA_TRY(const auto inside, links_(cid, cid.digest()));
        for (const auto& link : inside) STRATA_OK(take(link, Lack::is_damage, spent));
        return {};
    }
    const auto now = view();
    STRATA_TRY(const auto data, now->newest->find(cid));
    if (!data) return take(cid, Lack::is_allowed, spent);
    spent += kLeastCost / 2;
    STRATA_TRY(const auto links, links_(cid, *data));
    for (const auto& link : links) STRATA_OK(take(link, Lack::is_damage, spent));
    return {};
}

// Looks at the next blocks of the newest generation. Once it comes to the end without a note having been lost since it
// began, it is done.
Status Generations::look_through(std::uint64_t budget, std::uint64_t& spent) {
    if (!looked_at_.defined()) {
        const Lock lock(mutex_);
        looking_since_ = lost_notes_;
    }
    std::vector<Cid> cids;
    const auto newest = view()->newest;
    STRATA_OK(newest->for_each(looked_at_, [&](const Cid& cid, BytesView data) -> Result<bool> {
        cids.push_back(cid);
        spent += std::max<std::uint64_t>(kLeastCost, data.size());
        return cids.size() < kBlocksAtOnce && spent < budget;
    }));
    for (const auto& cid : cids) {
        STRATA_OK(follow(cid, spent));
        looked_at_ = cid;
    }
    if (!cids.empty()) return {};
    looked_at_ = {};
    const Lock lock(mutex_);
    must_look_through_ = looking_since_ != lost_notes_;
    return {};
}

Result<bool> Generations::advance(std::uint64_t budget) {
    STRATA_CHECK(is_collecting());
    std::uint64_t spent = 0;
    while (spent < budget) {
        std::optional<Cid> next;
        bool look = false;
        {
            const Lock lock(mutex_);
            look = must_look_through_;
            if (!notes_.empty()) {
                // The last note comes first: so a state is walked in depth, and few notes wait.
                next = notes_.back();
                notes_.pop_back();
            }
        }
        if (!next && !look) return true;
        if (!next) {
            STRATA_OK(look_through(budget, spent));
            continue;
        }
        if (auto followed = follow(*next, spent); !followed) {
            const Lock lock(mutex_);
            note(*next);
            return std::move(followed).error();
        }
    }
    return false;
}

bool Generations::may_finish() const {
    return notes_.empty() && !must_look_through_ && writing_ == 0 &&
           (holds_.empty() || *holds_.begin() >= first_hold_after_begin_);
}

Result<bool> Generations::finish(std::vector<Write> records) {
    ViewPtr before;
    auto after = std::make_shared<View>();
    {
        const Lock lock(mutex_);
        if (!may_finish()) return false;
        before = view_;
        *after = {.names = {.newest = before->names.newest, .old = {}, .collecting = false},
                  .chain = before->chain,
                  .newest = before->newest,
                  .old = {},
                  .bottom = nullptr};
        // From here on nobody finds an old block, so nobody can write a link to one.
        view_ = after;
    }
    met_ = {};
    records.push_back(record_of(after->names));
    if (auto written = meta_.write(records); !written) {
        // Blocks that were written meanwhile were not noted.
        const Lock lock(mutex_);
        view_ = before;
        must_look_through_ = true;
        ++lost_notes_;
        return std::move(written).error();
    }
    // A family that cannot be dropped now is dropped when the database is opened.
    for (const auto& name : before->names.old)
        if (const auto dropped = families_.drop_family(name); !dropped)
            kLog.warning("old states could not be removed; the next start tries again",
                         {{"family", name}, {"cause", dropped.error().message()}});
    return true;
}

}  // namespace strata::store
