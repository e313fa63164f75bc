#include <strata/store/generations.hpp>

#include <algorithm>

#include <strata/base/log.hpp>
#include <strata/ipld/cbor.hpp>

namespace strata::store {
namespace {

const Log kLog("store");

constexpr std::string_view kRecordKey = "chain/generations";
constexpr std::string_view kSweepKey = "chain/sweep";  // the last block that was moved; empty at first
constexpr std::string_view kChainFamily = "chain";
constexpr std::string_view kPrefix = "states-";
constexpr std::uint64_t kLeastCost = 256;  // of a block, in bytes of a budget
constexpr std::size_t kMet = std::size_t{1} << 16;
constexpr std::size_t kBlocksAtOnce = 1000;  // of a generation that is looked through, or of marks

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::string family_name(std::uint64_t number) {
    return std::string(kPrefix) + std::to_string(number);
}
std::string marks_name(std::uint64_t number) {
    return std::string(kMarksPrefix) + std::to_string(number);
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
    FamilyPtr marks;             // null while nothing is collected
    bool is_sealed = false;      // what is old counts only with a mark
    std::shared_ptr<Blockstore> bottom;

    bool is_marking() const { return names.collecting && !is_sealed; }
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

Generations::Generations(Families& families, KeyValue& meta, std::uint64_t give_back_every)
    : families_(families),
      meta_(meta),
      give_back_every_(give_back_every),
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
    if (names.collecting) view->marks = open(marks_name(names.newest));
    return view;
}

// A family that the record does not name is one that was made and not yet used, or one that a collection has dropped.
Status Generations::drop_unnamed(const Names& names) {
    for (const auto& name : families_.family_names()) {
        if (name == kChainFamily || name == family_name(names.newest) || contains(names.old, name)) continue;
        if (names.collecting && name == marks_name(names.newest)) continue;
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
    STRATA_TRY(const auto swept, meta_.get(kSweepKey));
    if (swept && !swept->empty()) {
        STRATA_TRY(swept_, Cid::from_bytes(*swept));
    }
    if (swept && !names.collecting)
        return fail(Errc::malformed, "the record " + std::string(kSweepKey) + " is there, but " +
                                         std::string(kRecordKey) + " has no collection; nothing was removed");
    view->is_sealed = swept.has_value();
    STRATA_OK(meta_.write({record_of(names)}));
    const Lock lock(mutex_);
    view_ = view;
    must_look_through_ = view->is_marking();
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
    if (now->marks) out.push_back({marks_name(now->names.newest), now->marks->bytes(), /*is_old=*/true});
    return out;
}

bool Generations::has_old_chain() const {
    const auto now = view();
    return now->bottom || contains(now->names.old, kBlocksFamily);
}

bool Generations::has_bottom() const {
    return view()->bottom != nullptr;
}

Result<std::optional<Bytes>> Generations::find_in_families(const View& view, const Cid& cid) {
    for (const auto& family : view.old) {
        STRATA_TRY(auto data, family->find(cid));
        if (data) return data;
    }
    return std::optional<Bytes>{};
}

Result<std::optional<Bytes>> Generations::find_below(const View& view, const Cid& cid) {
    if (!view.bottom) return std::optional<Bytes>{};
    auto data = view.bottom->get(cid);
    if (data) return std::optional(std::move(*data));
    if (data.error().code() == Errc::missing_block) return std::optional<Bytes>{};
    return data.error();
}

// Looks where a collection takes blocks from.
Result<std::optional<Bytes>> Generations::find_old(const View& view, const Cid& cid) {
    if (view.is_sealed) {
        STRATA_TRY(const bool is_marked, view.marks->has(cid));
        if (!is_marked) return std::optional<Bytes>{};
    }
    STRATA_TRY(auto data, find_in_families(view, cid));
    return data ? Result<std::optional<Bytes>>(std::move(data)) : find_below(view, cid);
}

// A sweep may move a block after the newest generation was asked, so that is asked again at the end.
Result<std::optional<Bytes>> Generations::find_in(const View& view, const Cid& cid, bool chain_first) {
    for (const auto& family : {chain_first ? view.chain : view.newest, chain_first ? view.newest : view.chain}) {
        STRATA_TRY(auto data, family->find(cid));
        if (data) return data;
    }
    STRATA_TRY(auto data, find_old(view, cid));
    if (data || !view.is_sealed) return data;
    return view.newest->find(cid);
}

Result<bool> Generations::has_in(const View& view, const Cid& cid, bool chain_first) {
    for (const auto& family : {chain_first ? view.chain : view.newest, chain_first ? view.newest : view.chain}) {
        STRATA_TRY(const bool here, family->has(cid));
        if (here) return true;
    }
    STRATA_TRY(const bool here, has_old(view, cid));
    return here || !view.is_sealed ? Result<bool>(here) : view.newest->has(cid);
}

bool Generations::is_current(const ViewPtr& view) const {
    const Lock lock(mutex_);
    return view_ == view;
}

// A sweep may move a block while it is looked for, so a second look follows where the families changed.
Result<Bytes> Generations::get(const Cid& cid, bool chain_first) {
    for (;;) {
        const auto now = view();
        STRATA_TRY(auto data, find_in(*now, cid, chain_first));
        if (data) return std::move(*data);
        if (is_current(now)) return block_is_missing(cid);
    }
}

Result<bool> Generations::has(const Cid& cid, bool chain_first) {
    for (;;) {
        const auto now = view();
        STRATA_TRY(const bool here, has_in(*now, cid, chain_first));
        if (here || is_current(now)) return here;
    }
}

Result<bool> Generations::has_old(const View& view, const Cid& cid) {
    if (view.is_sealed) return view.marks->has(cid);
    for (const auto& family : view.old) {
        STRATA_TRY(const bool here, family->has(cid));
        if (here) return true;
    }
    return view.bottom ? view.bottom->has(cid) : Result<bool>(false);
}

// The caller may write links to what it finds, so what only an old generation has is noted. If the collection is sealed
// between the look and the note, the look is repeated. What the chain's family has stays without a note; a note of a
// header would lead to all headers below it.
Result<bool> Generations::has_and_note(const Cid& cid) {
    for (;;) {
        const auto before = view();
        if (!before->is_marking()) {
            STRATA_TRY(const bool here, has_in(*before, cid, /*chain_first=*/false));
            if (is_current(before)) return here;
            continue;
        }
        STRATA_TRY(const bool is_new, before->newest->has(cid));
        if (is_new) return true;
        STRATA_TRY(const bool is_old, has_old(*before, cid));
        if (!is_old) {
            STRATA_TRY(const bool stays, before->chain->has(cid));
            if (stays || is_current(before)) return stays;
            continue;
        }
        const Lock lock(mutex_);
        if (view_ != before) continue;
        note(cid);
        return true;
    }
}

void Generations::note(const Cid& cid) {
    if (notes_.size() < kMaxNotes) {
        notes_.push_back(cid);
    } else {
        must_look_through_ = true;
        ++lost_notes_;
    }
}

// A write that begins before a collection is sealed ends before that too, since seal() looks at writing_.
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
    if (!view_->is_marking()) return written;
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

bool Generations::is_sealed() const {
    return view()->is_sealed;
}

Counted Generations::needed() const {
    const Lock lock(mutex_);
    return needed_;
}

Counted Generations::moved() const {
    const Lock lock(mutex_);
    return moved_;
}

Status Generations::begin(LinksOf links) {
    links_ = std::move(links);
    met_.clear();
    const auto now = view();
    STRATA_CHECK(!now->is_sealed);
    looked_at_ = {};
    looks_at_marks_ = false;
    if (now->names.collecting) return {};
    Names names{.newest = now->names.newest + 1, .old = {family_name(now->names.newest)}, .collecting = true};
    std::ranges::copy(now->names.old, std::back_inserter(names.old));
    auto next = std::make_shared<View>(*now);
    STRATA_TRY(next->newest, families_.family(family_name(names.newest)));
    STRATA_TRY(next->marks, families_.family(marks_name(names.newest)));
    next->old.insert(next->old.begin(), now->newest);
    next->names = names;
    // The record is on disk before the first block is in the new families, which a start would otherwise drop.
    STRATA_OK(meta_.write({record_of(names)}));
    const Lock lock(mutex_);
    view_ = std::move(next);
    notes_.clear();
    must_look_through_ = false;
    first_hold_after_begin_ = next_hold_;
    needed_ = {};
    return {};
}

Cid& Generations::place_of(const Cid& cid) {
    if (met_.empty()) met_.resize(kMet);
    const auto digest = cid.digest();
    return met_[digest.size() < sizeof(std::uint64_t) ? 0 : load_le<std::uint64_t>(digest.data()) % kMet];
}

// Marks a block of an old generation; copies one that is elsewhere to the newest. Returns false if there is none.
Result<bool> Generations::mark_or_copy(const View& view, const Cid& cid, std::uint64_t& size) {
    STRATA_TRY(auto data, find_in_families(view, cid));
    const bool is_in_family = data.has_value();
    if (!data) {
        STRATA_TRY(data, find_below(view, cid));
    }
    if (!data) {
        STRATA_TRY(data, view.chain->find(cid));
    }
    if (!data) return false;
    size = data->size();
    STRATA_OK(is_in_family ? view.marks->put(cid, {}) : view.newest->put(cid, *data));
    return true;
}

// Sees to it that a block is kept; its links are looked at later.
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
    for (const auto& family : {now->newest, now->marks}) {
        STRATA_TRY(const bool is_kept, family->has(cid));
        if (!is_kept) continue;
        met = cid;
        return {};
    }
    std::uint64_t size = 0;
    const auto kept = mark_or_copy(*now, cid, size);
    if (kept && !*kept) {
        // A node with native actors does not have their code, which is raw.
        if (lack == Lack::is_allowed || cid.codec() == Codec::raw) return {};
        return fail(Errc::missing_block,
                    "block " + cid.to_string() + ", which a kept state needs, is in no generation");
    }
    spent += std::max(kLeastCost, size);
    const Lock lock(mutex_);
    // After a failure the mark or the block may be there all the same, so it is noted.
    if (cid.codec() != Codec::raw) note(cid);
    if (!kept) return kept.error();
    met = cid;
    ++needed_.blocks;
    needed_.bytes += size;
    return {};
}

Status Generations::keep(const Cid& cid, Lack lack) {
    std::uint64_t unused = 0;
    return take(cid, lack, unused);
}

// Returns a block that the collection keeps; empty if it does not yet.
Result<std::optional<Bytes>> Generations::find_kept(const View& view, const Cid& cid) {
    STRATA_TRY(auto data, view.newest->find(cid));
    if (data) return data;
    STRATA_TRY(const bool is_marked, view.marks->has(cid));
    return is_marked ? find_in_families(view, cid) : Result<std::optional<Bytes>>(std::nullopt);
}

// Keeps what a noted block links to. The note itself may be of a block without a mark.
Status Generations::follow(const Cid& cid, std::uint64_t& spent) {
    if (cid.hash() == HashCode::identity) {
        STRATA_TRY(const auto inside, links_(cid, cid.digest()));
        for (const auto& link : inside) STRATA_OK(take(link, Lack::is_damage, spent));
        return {};
    }
    const auto now = view();
    STRATA_TRY(const auto data, find_kept(*now, cid));
    if (!data) return take(cid, Lack::is_allowed, spent);
    spent += kLeastCost / 2;
    STRATA_TRY(const auto links, links_(cid, *data));
    for (const auto& link : links) STRATA_OK(take(link, Lack::is_damage, spent));
    return {};
}

// Looks at the next blocks of the newest generation, and then at the next marked ones. Once it comes to the end without
// a note having been lost since it began, it is done.
Status Generations::look_through(std::uint64_t budget, std::uint64_t& spent) {
    if (!looked_at_.defined() && !looks_at_marks_) {
        const Lock lock(mutex_);
        looking_since_ = lost_notes_;
    }
    std::vector<Cid> cids;
    const auto now = view();
    const auto& family = looks_at_marks_ ? now->marks : now->newest;
    STRATA_OK(family->for_each(looked_at_, [&](const Cid& cid, BytesView data) -> Result<bool> {
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
    looks_at_marks_ = !looks_at_marks_;
    if (looks_at_marks_) return {};
    const Lock lock(mutex_);
    must_look_through_ = looking_since_ != lost_notes_;
    return {};
}

Result<bool> Generations::advance(std::uint64_t budget) {
    STRATA_CHECK(view()->is_marking());
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

bool Generations::is_in_order() const {
    return view()->newest->is_in_order();
}

bool Generations::may_seal() const {
    return notes_.empty() && !must_look_through_ && writing_ == 0 &&
           (holds_.empty() || *holds_.begin() >= first_hold_after_begin_);
}

Result<bool> Generations::seal(std::vector<Write> records) {
    ViewPtr before;
    auto after = std::make_shared<View>();
    {
        const Lock lock(mutex_);
        if (!may_seal()) return false;
        before = view_;
        *after = *before;
        after->is_sealed = true;
        after->bottom = nullptr;
        // From here on nobody finds an old block without a mark, so nobody can write a link to one.
        view_ = after;
    }
    met_ = {};
    records.push_back({std::string(kSweepKey), Bytes{}});
    if (auto written = meta_.write(records); !written) {
        // Blocks that were written meanwhile were not noted.
        const Lock lock(mutex_);
        view_ = before;
        must_look_through_ = true;
        ++lost_notes_;
        return std::move(written).error();
    }
    swept_ = {};
    swept_cost_ = 0;
    const Lock lock(mutex_);
    moved_ = {};
    return true;
}

// Moves one block; returns its bytes. It may have been moved by an earlier process.
Result<std::uint64_t> Generations::move_marked(const View& view, const Cid& cid) {
    STRATA_TRY(const bool is_there, view.newest->has(cid));
    if (is_there) return 0;
    STRATA_TRY(const auto data, find_in_families(view, cid));
    if (!data) return fail(Errc::missing_block, "block " + cid.to_string() + ", which is marked, is in no generation");
    STRATA_OK(view.newest->put(cid, *data));
    const Lock lock(mutex_);
    ++moved_.blocks;
    moved_.bytes += data->size();
    return data->size();
}

// The batch makes the moved blocks durable before the places are dropped from which they came.
Status Generations::give_back() {
    const auto now = view();
    STRATA_OK(meta_.write({{std::string(kSweepKey), to_bytes(swept_.bytes())}}));
    for (const auto& family : now->old) STRATA_OK(family->drop_until(swept_));
    STRATA_OK(now->marks->drop_until(swept_));
    swept_cost_ = 0;
    return {};
}

Result<bool> Generations::sweep(std::uint64_t budget) {
    const auto now = view();
    STRATA_CHECK(now->is_sealed);
    for (std::uint64_t spent = 0; spent < budget;) {
        std::vector<Cid> cids;
        STRATA_OK(now->marks->for_each(swept_, [&](const Cid& cid, BytesView) -> Result<bool> {
            cids.push_back(cid);
            return cids.size() < kBlocksAtOnce;
        }));
        if (cids.empty()) return true;
        for (const auto& cid : cids) {
            STRATA_TRY(const auto moved, move_marked(*now, cid));
            const auto cost = std::max(kLeastCost, moved);
            swept_ = cid;
            swept_cost_ += cost;
            spent += cost;
            if (spent >= budget) break;
        }
        if (swept_cost_ >= give_back_every_) STRATA_OK(give_back());
    }
    return false;
}

Status Generations::finish(std::vector<Write> records) {
    const auto before = view();
    STRATA_CHECK(before->is_sealed);
    auto after = std::make_shared<View>();
    after->names.newest = before->names.newest;
    after->chain = before->chain;
    after->newest = before->newest;
    records.push_back(record_of(after->names));
    records.push_back({std::string(kSweepKey), std::nullopt});
    STRATA_OK(meta_.write(records));
    {
        const Lock lock(mutex_);
        view_ = after;
    }
    swept_ = {};
    // A family that cannot be dropped now is dropped when the database is opened.
    auto names = before->names.old;
    names.push_back(marks_name(before->names.newest));
    for (const auto& name : names)
        if (const auto dropped = families_.drop_family(name); !dropped)
            kLog.warning("old states could not be removed; the next start tries again",
                         {{"family", name}, {"cause", dropped.error().message()}});
    return {};
}

}  // namespace strata::store
