#include <strata/index/database.hpp>

#include <optional>

#include <sqlite3.h>

namespace strata::index {
namespace {

constexpr int kStepsBetweenQuestions = 20'000;  // of SQLite's virtual machine: some milliseconds
constexpr int kWaitForLock = 5'000;             // milliseconds

Errc code_of(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return Errc::no_space;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Errc::busy;
        case SQLITE_INTERRUPT:
            return Errc::cancelled;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Errc::verification;
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return Errc::io;
        default:
            return Errc::internal;
    }
}

Error error_of(sqlite3* database, int code) {
    const char* what = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
    return fail(code_of(code), std::string("the index of the chain: ") + what);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::took(int code) {
    if (failed_ == SQLITE_OK) failed_ = code;
    ++next_;
    return *this;
}
Statement& Statement::add(std::int64_t number) {
    return took(sqlite3_bind_int64(statement_.get(), next_, number));
}
Statement& Statement::add(BytesView bytes) {
    // A null pointer would be NULL, which is not the empty byte string.
    if (bytes.empty()) return took(sqlite3_bind_zeroblob(statement_.get(), next_, 0));
    return took(sqlite3_bind_blob64(statement_.get(), next_, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
}
Statement& Statement::add(std::string_view text) {
    return took(sqlite3_bind_text64(statement_.get(), next_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
Statement& Statement::add_null() {
    return took(sqlite3_bind_null(statement_.get(), next_));
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    next_ = 1;
    failed_ = SQLITE_OK;
}

Result<bool> Statement::step() {
    if (failed_ != SQLITE_OK) {
        const auto error = error_of(database_, failed_);
        reset();
        return error;
    }
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    const auto error = code == SQLITE_DONE ? std::optional<Error>() : error_of(database_, code);
    reset();
    if (error) return *error;
    return false;
}

Status Statement::run() {
    STRATA_TRY(const bool has_row, step());
    if (has_row) reset();
    return {};
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}
bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
Bytes Statement::bytes(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return data == nullptr ? Bytes() : Bytes(data, data + size);
}

void Database::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

Result<Database> Database::open_as(const std::filesystem::path& file, int flags) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database out(raw);
    if (code != SQLITE_OK) return error_of(raw, code);
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, kWaitForLock);
    return out;
}

Result<Database> Database::open(const std::filesystem::path& file) {
    STRATA_TRY(auto out, open_as(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    // A kill of the process loses nothing that was committed. A loss of power may lose the last transactions, but never
    // a part of one; the index then goes on from an earlier tipset.
    STRATA_OK(out.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"));
    return out;
}

Result<Database> Database::open_to_read(const std::filesystem::path& file) {
    return open_as(file, SQLITE_OPEN_READONLY);
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
    Statement out(database_.get(), raw);
    if (code != SQLITE_OK) return error_of(database_.get(), code);
    return out;
}

Status Database::run(const char* sql) {
    const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(database_.get(), code);
    return {};
}

void Database::stop_when(std::function<bool()> asked) {
    stop_ = asked ? std::make_unique<std::function<bool()>>(std::move(asked)) : nullptr;
    if (!stop_) return sqlite3_progress_handler(database_.get(), 0, nullptr, nullptr);
    sqlite3_progress_handler(
        database_.get(), kStepsBetweenQuestions,
        [](void* question) { return (*static_cast<std::function<bool()>*>(question))() ? 1 : 0; }, stop_.get());
}

std::int64_t Database::last_row() const {
    return sqlite3_last_insert_rowid(database_.get());
}

Result<Transaction> Transaction::begin(Database& database) {
    STRATA_OK(database.run("BEGIN IMMEDIATE"));
    return Transaction(database);
}
Transaction::~Transaction() {
    if (database_ != nullptr) static_cast<void>(database_->run("ROLLBACK"));
}
Status Transaction::commit() {
    STRATA_OK(database_->run("COMMIT"));
    database_ = nullptr;
    return {};
}

}  // namespace strata::index
