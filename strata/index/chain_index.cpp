#include <strata/index/chain_index.hpp>

#include <variant>

#include <strata/base/log.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/index/database.hpp>

namespace strata::index {
namespace {

const Log kLog("index");

// Written into the file; a file with a different number is replaced. docs/formats/index.md describes the tables.
constexpr std::int64_t kFormat = 1;
constexpr const char* kTables = R"(
CREATE TABLE state (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE tipset (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, epoch INTEGER NOT NULL, key BLOB NOT NULL,
    on_chain INTEGER NOT NULL, bloom BLOB);
CREATE INDEX tipset_off_chain ON tipset (epoch) WHERE on_chain = 0;
CREATE TABLE message (
    tipset INTEGER NOT NULL, position INTEGER NOT NULL, cid BLOB NOT NULL,
    PRIMARY KEY (tipset, position)) WITHOUT ROWID;
CREATE INDEX message_cid ON message (cid);
CREATE TABLE ethereum_hash (hash BLOB PRIMARY KEY, cid BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE event (
    tipset INTEGER NOT NULL, number INTEGER NOT NULL, epoch INTEGER NOT NULL, position INTEGER NOT NULL,
    emitter INTEGER NOT NULL, address BLOB, is_log INTEGER NOT NULL, topic1 BLOB, topic2 BLOB, topic3 BLOB, topic4 BLOB,
    entries BLOB NOT NULL, PRIMARY KEY (tipset, number)) WITHOUT ROWID;
CREATE INDEX event_epoch ON event (epoch);
CREATE INDEX event_emitter ON event (emitter, epoch);
CREATE INDEX event_address ON event (address, epoch);
)";

// These indexes were added to the format later; an older file gets them when it is opened.
constexpr const char* kLaterIndexes = R"(
CREATE INDEX IF NOT EXISTS event_topic ON event (topic1, epoch) WHERE topic1 IS NOT NULL;
CREATE INDEX IF NOT EXISTS tipset_epoch ON tipset (epoch);
)";

// A fork is kept for twice the time in which it may come back.
constexpr ChainEpoch kForksKept = 2 * kChainFinality;

Hash256 hash_of(const TipsetKey& key) {
    Hash256 out{};
    std::ranges::copy(chain::tipset_key_cid(key).digest(), out.begin());
    return out;
}

void remove_file(const std::filesystem::path& file) {
    std::error_code ignored;
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end, ignored);
}

/// Returns true if the file has the tables of this format and belongs to this chain.
Result<bool> is_usable(Database& database, const Cid& genesis) {
    STRATA_TRY(auto format, database.prepare("PRAGMA user_version"));
    STRATA_TRY(bool has_row, format.step());
    if (!has_row || format.number(0) != kFormat) return false;
    STRATA_TRY(auto state, database.prepare("SELECT value FROM state WHERE name = 'genesis'"));
    STRATA_TRY(has_row, state.step());
    return has_row && equal(state.bytes(0), genesis.bytes());
}

Status make_tables(Database& database, const Cid& genesis) {
    STRATA_TRY(auto transaction, Transaction::begin(database));
    STRATA_OK(database.run(kTables));
    STRATA_TRY(auto state, database.prepare("INSERT INTO state VALUES ('genesis', ?)"));
    STRATA_OK(state.add(genesis.bytes()).run());
    STRATA_OK(database.run(("PRAGMA user_version = " + std::to_string(kFormat)).c_str()));
    return transaction.commit();
}

Result<TipsetKey> key_in(const Statement& row, int column) {
    return TipsetKey::from_bytes(row.bytes(column));
}

std::string placeholders(std::size_t count) {
    std::string out = "(";
    for (std::size_t i = 0; i < count; ++i) out += i == 0 ? "?" : ",?";
    return out + ")";
}

/// The conditions of a query and their values, in the order of the question marks.
class Conditions {
  public:
    void add(const std::string& condition) { text_ += (text_.empty() ? " WHERE " : " AND ") + condition; }
    void value(std::int64_t number) { values_.emplace_back(number); }
    void value(BytesView bytes) { values_.emplace_back(to_bytes(bytes)); }
    const std::string& text() const { return text_; }
    void fill(Statement& statement) const {
        for (const auto& one : values_) {
            if (const auto* number = std::get_if<std::int64_t>(&one)) {
                statement.add(*number);
            } else {
                statement.add(BytesView(std::get<Bytes>(one)));
            }
        }
    }

  private:
    std::string text_;
    std::vector<std::variant<std::int64_t, Bytes>> values_;
};

void add_emitters(Conditions& to, const std::vector<Address>& emitters) {
    if (emitters.empty()) return;
    std::vector<ActorId> ids;
    std::vector<BytesView> addresses;
    for (const auto& one : emitters) {
        if (const auto id = one.as_id()) {
            ids.push_back(*id);
        } else {
            addresses.push_back(one.bytes());
        }
    }
    std::string condition;
    if (!ids.empty()) condition = "event.emitter IN " + placeholders(ids.size());
    if (!addresses.empty())
        condition += (ids.empty() ? "" : " OR ") + ("event.address IN " + placeholders(addresses.size()));
    to.add("(" + condition + ")");
    for (const auto id : ids) to.value(static_cast<std::int64_t>(id));
    for (const auto& address : addresses) to.value(address);
}

Conditions conditions_of(const EventQuery& query) {
    Conditions out;
    if (query.tipset) {
        out.add("tipset.hash = ?");
        out.value(BytesView(*query.tipset));
    } else {
        out.add("event.epoch BETWEEN ? AND ?");
        out.value(query.from);
        out.value(query.to);
        out.add("tipset.on_chain = 1");
    }
    if (query.message) {
        out.add("message.cid = ?");
        out.value(query.message->bytes());
    }
    add_emitters(out, query.emitters);
    if (query.only_logs) out.add("event.is_log = 1");
    for (std::size_t i = 0; i < query.topics.size(); ++i) {
        if (query.topics[i].empty()) continue;
        out.add("event.topic" + std::to_string(i + 1) + " IN " + placeholders(query.topics[i].size()));
        for (const auto& topic : query.topics[i]) out.value(BytesView(topic));
    }
    return out;
}

struct Entries {
    std::vector<vm::EventEntry> entries;
    STRATA_CBOR_TUPLE(entries);
};

/// Reads a row of an event. `last` is the event of the row before, or null: most rows have the same tipset and message.
Result<IndexedEvent> event_in(const Statement& row, const IndexedEvent* last) {
    IndexedEvent out;
    out.epoch = row.number(1);
    out.on_chain = row.number(2) != 0;
    out.position = row.unsigned_number(4);
    out.number = row.unsigned_number(5);
    out.emitter = row.unsigned_number(6);
    const Bytes key = row.bytes(0);
    if (last != nullptr && last->epoch == out.epoch && equal(last->tipset.bytes(), key)) {
        out.tipset = last->tipset;
    } else {
        STRATA_TRY(out.tipset, TipsetKey::from_bytes(key));
    }
    STRATA_TRY(out.message, Cid::from_bytes(row.bytes(3)));
    out.address = Address::id(out.emitter);
    if (!row.is_null(7)) {
        STRATA_TRY(out.address, Address::from_bytes(row.bytes(7)));
    }
    STRATA_TRY(auto entries, from_cbor<Entries>(row.bytes(8)));
    out.entries = std::move(entries.entries);
    return out;
}

/// Reads key, epoch, on_chain and bloom.
Result<IndexedTipset> tipset_in(const Statement& row) {
    IndexedTipset out{.key = {}, .epoch = row.number(1), .on_chain = row.number(2) != 0, .bloom = {}};
    STRATA_TRY(out.key, key_in(row, 0));
    if (row.is_null(3)) return out;
    const Bytes bits = row.bytes(3);
    chain::EthereumBloom bloom;
    if (bits.size() != bloom.bits.size())
        return fail(Errc::verification, "the index of the chain has a Bloom filter of " + std::to_string(bits.size()) +
                                            " bytes, expected 256");
    std::ranges::copy(bits, bloom.bits.begin());
    out.bloom = bloom;
    return out;
}

}  // namespace

/// A connection for reading, which goes back to the pool at the end of the scope.
class ChainIndex::Reader {
  public:
    Reader(ChainIndex& index, std::unique_ptr<Database> database) : index_(&index), database_(std::move(database)) {}
    Reader(Reader&&) noexcept = default;
    Reader& operator=(Reader&&) = delete;
    ~Reader() {
        if (!database_) return;
        database_->stop_when({});
        const Lock lock(index_->pool_);
        index_->idle_.push_back(std::move(database_));
    }
    Database* operator->() { return database_.get(); }

  private:
    ChainIndex* index_;
    std::unique_ptr<Database> database_;
};

ChainIndex::ChainIndex(std::filesystem::path file, std::unique_ptr<Database> writer, std::uint64_t chain_id)
    : file_(std::move(file)), chain_id_(chain_id), writer_(std::move(writer)) {}
ChainIndex::~ChainIndex() = default;

Result<std::unique_ptr<ChainIndex>> ChainIndex::open(const std::filesystem::path& file, const Cid& genesis,
                                                     std::uint64_t chain_id) {
    auto database = Database::open(file);
    auto usable = database ? is_usable(*database, genesis) : Result<bool>(database.error());
    if (!usable && usable.error().code() != Errc::verification && usable.error().code() != Errc::internal)
        return usable.error();
    if (!usable || !*usable) {
        if (!usable)
            kLog.warning("the index of the chain cannot be used and is built anew", {{"cause", usable.error()}});
        database = fail(Errc::cancelled, "closed before its file is removed");
        remove_file(file);
        STRATA_TRY(database, Database::open(file));
        STRATA_OK(make_tables(*database, genesis));
    }
    STRATA_OK(database->run(kLaterIndexes));
    return std::unique_ptr<ChainIndex>(
        new ChainIndex(file, std::make_unique<Database>(std::move(*database)), chain_id));
}

Result<ChainIndex::Reader> ChainIndex::reader() {
    {
        const Lock lock(pool_);
        if (!idle_.empty()) {
            auto database = std::move(idle_.back());
            idle_.pop_back();
            return Reader(*this, std::move(database));
        }
    }
    STRATA_TRY(auto opened, Database::open_to_read(file_));
    return Reader(*this, std::make_unique<Database>(std::move(opened)));
}

Status ChainIndex::set_state(const char* name, BytesView value) {
    STRATA_TRY(auto state, writer_->prepare("INSERT OR REPLACE INTO state VALUES (?, ?)"));
    return state.add(std::string_view(name)).add(value).run();
}

Result<std::int64_t> ChainIndex::put_tipset(const chain::Tipset& tipset, const std::vector<SignedMessage>& messages) {
    const Hash256 hash = hash_of(tipset.key());
    STRATA_TRY(auto known, writer_->prepare("SELECT id FROM tipset WHERE hash = ?"));
    STRATA_TRY(const bool is_known, known.add(BytesView(hash)).step());
    if (is_known) {
        const auto row = known.number(0);
        STRATA_TRY(auto back, writer_->prepare("UPDATE tipset SET on_chain = 1 WHERE id = ?"));
        STRATA_OK(back.add(row).run());
        return row;
    }
    STRATA_TRY(auto put, writer_->prepare("INSERT INTO tipset VALUES (NULL, ?, ?, ?, 1, NULL)"));
    const Bytes key = tipset.key().bytes();
    STRATA_OK(put.add(BytesView(hash)).add(tipset.height()).add(BytesView(key)).run());
    const auto row = writer_->last_row();
    STRATA_OK(put_messages(row, messages));
    return row;
}

Status ChainIndex::put_messages(std::int64_t row, const std::vector<SignedMessage>& messages) {
    STRATA_TRY(auto put_message, writer_->prepare("INSERT INTO message VALUES (?, ?, ?)"));
    STRATA_TRY(auto put_hash, writer_->prepare("INSERT OR REPLACE INTO ethereum_hash VALUES (?, ?)"));
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const Cid cid = messages[i].cid();
        STRATA_OK(put_message.add(row).add(std::uint64_t{i}).add(cid.bytes()).run());
        if (messages[i].signature.type != Signature::Type::delegated) continue;
        if (const auto ethereum = chain::ethereum_hash(messages[i], chain_id_))
            STRATA_OK(put_hash.add(BytesView(*ethereum)).add(cid.bytes()).run());
    }
    return {};
}

Status ChainIndex::put_events(std::int64_t row, const chain::Tipset& tipset,
                              const std::vector<chain::TipsetEvent>& events) {
    STRATA_TRY(auto known, writer_->prepare("SELECT bloom IS NOT NULL FROM tipset WHERE id = ?"));
    STRATA_TRY(const bool has_row, known.add(row).step());
    if (!has_row) return fail(Errc::internal, "the index of the chain has no row for a tipset that was just written");
    if (known.number(0) != 0) return {};
    STRATA_TRY(auto put, writer_->prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    chain::EthereumBloom bloom;
    for (const auto& event : events) {
        const auto log = chain::ethereum_log(event.entries);
        if (log)
            if (const auto emitter = chain::ethereum_address(event.address)) bloom.add(*emitter, *log);
        put.add(row).add(event.number).add(tipset.height()).add(std::uint64_t{event.message}).add(event.emitter);
        if (event.address.as_id()) {
            put.add_null();
        } else {
            put.add(event.address.bytes());
        }
        put.add(log ? 1 : 0);
        for (std::size_t i = 0; i < chain::kMostTopics; ++i) {
            if (log && i < log->topics.size()) {
                put.add(BytesView(log->topics[i]));
            } else {
                put.add_null();
            }
        }
        const Bytes entries = to_cbor(Entries{event.entries});
        STRATA_OK(put.add(BytesView(entries)).run());
    }
    STRATA_TRY(auto done, writer_->prepare("UPDATE tipset SET bloom = ? WHERE id = ?"));
    return done.add(BytesView(bloom.bits)).add(row).run();
}

Status ChainIndex::drop_old_forks(ChainEpoch tip) {
    const std::string old = "SELECT id FROM tipset WHERE on_chain = 0 AND epoch < ?";
    for (const auto& sql :
         {"DELETE FROM event WHERE tipset IN (" + old + ")", "DELETE FROM message WHERE tipset IN (" + old + ")",
          "DELETE FROM tipset WHERE id IN (" + old + ")"}) {
        STRATA_TRY(auto drop, writer_->prepare(sql));
        STRATA_OK(drop.add(tip - kForksKept).run());
    }
    return {};
}

Status ChainIndex::apply(const chain::Tipset& tipset, const std::vector<SignedMessage>& messages,
                         const std::optional<chain::ExecutedTipset>& parent,
                         const std::vector<chain::TipsetEvent>& events) {
    const Lock lock(writing_);
    STRATA_TRY(auto transaction, Transaction::begin(*writer_));
    if (parent) {
        STRATA_TRY(const auto below, put_tipset(*parent->tipset, parent->messages));
        STRATA_OK(put_events(below, *parent->tipset, events));
    }
    STRATA_OK(put_tipset(tipset, messages));
    const Hash256 hash = hash_of(tipset.key());
    STRATA_OK(set_state("tip", hash));
    if (!parent) STRATA_OK(set_state("lowest", hash));
    STRATA_OK(drop_old_forks(tipset.height()));
    return transaction.commit();
}

Status ChainIndex::revert(const chain::Tipset& tip, const chain::Tipset& parent) {
    const Lock lock(writing_);
    STRATA_TRY(auto transaction, Transaction::begin(*writer_));
    STRATA_TRY(auto off, writer_->prepare("UPDATE tipset SET on_chain = 0 WHERE hash = ?"));
    STRATA_OK(off.add(BytesView(hash_of(tip.key()))).run());
    STRATA_OK(set_state("tip", hash_of(parent.key())));
    STRATA_OK(transaction.commit());
    ++reverts_;
    return {};
}

Status ChainIndex::extend_down(const chain::ExecutedTipset& below, const std::vector<chain::TipsetEvent>& events) {
    const Lock lock(writing_);
    STRATA_TRY(auto transaction, Transaction::begin(*writer_));
    STRATA_TRY(const auto row, put_tipset(*below.tipset, below.messages));
    STRATA_OK(put_events(row, *below.tipset, events));
    STRATA_OK(set_state("lowest", hash_of(below.tipset->key())));
    return transaction.commit();
}

Status ChainIndex::replace(const chain::ExecutedTipset& tipset, const std::vector<chain::TipsetEvent>& events) {
    const Lock lock(writing_);
    STRATA_TRY(auto transaction, Transaction::begin(*writer_));
    STRATA_TRY(auto known, writer_->prepare("SELECT id FROM tipset WHERE hash = ?"));
    STRATA_TRY(const bool is_known, known.add(BytesView(hash_of(tipset.tipset->key()))).step());
    if (!is_known) return fail(Errc::not_found, "the tipset is not in the index of the chain");
    const auto row = known.number(0);
    for (const char* sql : {"DELETE FROM event WHERE tipset = ?", "DELETE FROM message WHERE tipset = ?",
                            "UPDATE tipset SET bloom = NULL, on_chain = 1 WHERE id = ?"}) {
        STRATA_TRY(auto change, writer_->prepare(sql));
        STRATA_OK(change.add(row).run());
    }
    STRATA_OK(put_messages(row, tipset.messages));
    STRATA_OK(put_events(row, *tipset.tipset, events));
    return transaction.commit();
}

Status ChainIndex::clear() {
    const Lock lock(writing_);
    STRATA_TRY(auto transaction, Transaction::begin(*writer_));
    STRATA_OK(
        writer_->run("DELETE FROM event; DELETE FROM message; DELETE FROM ethereum_hash; DELETE FROM tipset;"
                     "DELETE FROM state WHERE name <> 'genesis'"));
    STRATA_OK(transaction.commit());
    ++reverts_;
    return {};
}

Result<std::optional<Coverage>> ChainIndex::coverage() {
    const std::uint64_t reverts =
        reverts_;  // read first: a revert that the rows show is counted in this or a later value
    STRATA_TRY(auto database, reader());
    // One statement sees one state of the database.
    STRATA_TRY(auto row, database->prepare("SELECT low.key, low.epoch, tip.key, tip.epoch FROM tipset AS low, "
                                           "tipset AS tip "
                                           "WHERE low.hash = (SELECT value FROM state WHERE name = 'lowest') "
                                           "AND tip.hash = (SELECT value FROM state WHERE name = 'tip')"));
    STRATA_TRY(const bool has_row, row.step());
    if (!has_row) return std::optional<Coverage>{};
    Coverage out{.first = {}, .lowest = row.number(1), .tip = {}, .highest = row.number(3), .reverts = reverts};
    out.is_complete = out.lowest <= bottom_;
    STRATA_TRY(out.first, key_in(row, 0));
    STRATA_TRY(out.tip, key_in(row, 2));
    return std::optional(std::move(out));
}

Result<std::optional<IndexedTipset>> ChainIndex::tipset(const Hash256& hash) {
    STRATA_TRY(auto database, reader());
    STRATA_TRY(auto row, database->prepare("SELECT key, epoch, on_chain, bloom FROM tipset WHERE hash = ?"));
    STRATA_TRY(const bool has_row, row.add(BytesView(hash)).step());
    if (!has_row) return std::optional<IndexedTipset>{};
    STRATA_TRY(auto out, tipset_in(row));
    return std::optional(std::move(out));
}

Result<std::vector<IndexedTipset>> ChainIndex::tipsets_at(ChainEpoch epoch) {
    STRATA_TRY(auto database, reader());
    STRATA_TRY(auto rows, database->prepare("SELECT key, epoch, on_chain, bloom FROM tipset WHERE epoch = ?"));
    rows.add(epoch);
    std::vector<IndexedTipset> out;
    while (true) {
        STRATA_TRY(const bool has_row, rows.step());
        if (!has_row) return out;
        STRATA_TRY(out.emplace_back(), tipset_in(rows));
    }
}

Result<std::vector<Cid>> ChainIndex::messages_of(const Hash256& tipset) {
    STRATA_TRY(auto database, reader());
    STRATA_TRY(auto rows, database->prepare("SELECT message.cid FROM message JOIN tipset ON tipset.id = message.tipset "
                                            "WHERE tipset.hash = ? ORDER BY message.position"));
    rows.add(BytesView(tipset));
    std::vector<Cid> out;
    while (true) {
        STRATA_TRY(const bool has_row, rows.step());
        if (!has_row) return out;
        STRATA_TRY(out.emplace_back(), Cid::from_bytes(rows.bytes(0)));
    }
}

Result<std::optional<IndexedMessage>> ChainIndex::message(const Cid& cid) {
    STRATA_TRY(auto database, reader());
    STRATA_TRY(auto row, database->prepare("SELECT tipset.key, tipset.epoch, message.position FROM message "
                                           "JOIN tipset ON tipset.id = message.tipset "
                                           "WHERE message.cid = ? AND tipset.on_chain = 1"));
    STRATA_TRY(const bool has_row, row.add(cid.bytes()).step());
    if (!has_row) return std::optional<IndexedMessage>{};
    IndexedMessage out{.tipset = {}, .epoch = row.number(1), .position = row.unsigned_number(2)};
    STRATA_TRY(out.tipset, key_in(row, 0));
    return std::optional(std::move(out));
}

Result<std::optional<Cid>> ChainIndex::message_of(const Hash256& transaction) {
    STRATA_TRY(auto database, reader());
    STRATA_TRY(auto row, database->prepare("SELECT cid FROM ethereum_hash WHERE hash = ?"));
    STRATA_TRY(const bool has_row, row.add(BytesView(transaction)).step());
    if (!has_row) return std::optional<Cid>{};
    STRATA_TRY(auto cid, Cid::from_bytes(row.bytes(0)));
    return std::optional(cid);
}

Result<std::vector<IndexedEvent>> ChainIndex::events(const EventQuery& query, const Stop& stop) {
    STRATA_TRY(auto database, reader());
    if (stop) database->stop_when(stop);
    const auto conditions = conditions_of(query);
    STRATA_TRY(auto rows,
               database->prepare("SELECT tipset.key, tipset.epoch, tipset.on_chain, message.cid, event.position, "
                                 "event.number, event.emitter, event.address, event.entries FROM event "
                                 "JOIN tipset ON tipset.id = event.tipset "
                                 "JOIN message ON message.tipset = event.tipset AND message.position = event.position" +
                                 conditions.text() + " ORDER BY event.epoch, event.number"));
    conditions.fill(rows);
    std::vector<IndexedEvent> out;
    while (true) {
        STRATA_TRY(const bool has_row, rows.step());
        if (!has_row) return out;
        STRATA_TRY(auto event, event_in(rows, out.empty() ? nullptr : &out.back()));
        out.push_back(std::move(event));
        // Source: lotus chain/index/events.go (GetEventsForFilter).
        if (out.size() > query.most && out.front().epoch != out.back().epoch)
            return fail(Errc::too_large, "filter matches too many events, try a more restricted filter");
    }
}

}  // namespace strata::index
