#include <strata/node/download.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include <strata/base/files.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

constexpr int kRedirections = 5;
constexpr std::uint64_t kFront = 64 << 10;                  // bytes of an answer to the first question
constexpr std::uint64_t kLargest = std::uint64_t{1} << 42;  // 4 TiB
constexpr std::chrono::hours kLongest{24 * 7};
constexpr std::uint64_t kSpareSpace = std::uint64_t{64} << 20;
constexpr std::uint64_t kMaxNote = 4'096;
constexpr std::size_t kMaxName = 200;

/// Describes the file as the server does.
struct Remote {
    std::string url;            // after all redirections
    std::uint64_t size = 0;     // 0: it is not known, and the server gives no parts
    std::string version;        // the ETag, or the time of the last change
    std::optional<Bytes> body;  // the whole file, if it is short and came at once
};

std::string header(const http::Answer& answer, const std::string& name) {
    const auto it = answer.headers.find(name);
    return it == answer.headers.end() ? std::string() : it->second;
}

std::string version_of(const http::Answer& answer) {
    const auto tag = header(answer, "etag");
    return tag.empty() ? header(answer, "last-modified") : tag;
}

/// Returns the number after the slash of "bytes 0-0/1234"; 0 if there is none.
std::uint64_t total_of(const std::string& range) {
    const auto slash = range.rfind('/');
    std::uint64_t out = 0;
    if (slash == std::string::npos) return 0;
    const auto* const end = range.data() + range.size();
    const auto read = std::from_chars(range.data() + slash + 1, end, out);
    return read.ec == std::errc() && read.ptr == end ? out : 0;
}

Result<std::string> redirected(const std::string& url, const http::Answer& answer) {
    const auto to = header(answer, "location");
    if (is_url(to)) return to;
    const auto origin = url.substr(0, url.find('/', url.find("://") + 3));
    if (to.starts_with('/') && !to.starts_with("//")) return origin + to;
    return fail(Errc::io, url + " redirects to \"" + to.substr(0, kMaxName) + "\", expected a URL of http or https");
}

/// Asks for the first byte, which tells the size.
Result<Remote> look_at(const std::string& named, const DownloadOptions& options) {
    Remote out{.url = named, .size = 0, .version = {}, .body = {}};
    const http::ClientLimits limits{.body_bytes = kFront, .timeout = options.silence, .total = options.silence};
    for (int i = 0; i <= kRedirections; ++i) {
        auto answer = http::get(out.url, {{"Range", "bytes=0-0"}}, limits);
        if (!answer && answer.error().code() == Errc::too_large) return out;  // the whole file began to come
        if (!answer) return std::move(answer).error();
        if (answer->status >= 300 && answer->status < 400) {
            STRATA_TRY(out.url, redirected(out.url, *answer));
            continue;
        }
        if (answer->status != 200 && answer->status != 206)
            return fail(Errc::io,
                        out.url + " answers with status " + std::to_string(answer->status) + ", expected 200");
        out.version = version_of(*answer);
        if (answer->status == 206) out.size = total_of(header(*answer, "content-range"));
        if (answer->status == 200) out.body = std::move(answer->body);
        return out;
    }
    return fail(Errc::io, named + " redirects more than " + std::to_string(kRedirections) + " times");
}

std::string name_of(const std::string& url) {
    const auto path = url.substr(0, url.find_first_of("?#"));
    std::string out = path.substr(path.rfind('/') + 1).substr(0, kMaxName);
    std::ranges::replace_if(
        out,
        [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && !std::string_view("._-").contains(c); },
        '_');
    while (out.starts_with('.')) out.erase(0, 1);
    return out.empty() ? "snapshot" : out;
}

std::uint64_t size_of(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : size;
}

/// Writes at the end of a file.
class Appender {
  public:
    static Result<Appender> open(const fs::path& path) {
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (file < 0) return file_error("write", path, errno);
        return Appender(path, file);
    }
    Appender(Appender&& other) noexcept : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
    Appender& operator=(Appender&&) = delete;
    ~Appender() {
        if (file_ >= 0) ::close(file_);
    }
    Status write(BytesView bytes) {
        while (!bytes.empty()) {
            std::size_t written = 0;
            if (const int cause = Disk::current().write(file_, bytes, written); cause != 0)
                return file_error("write", path_, cause);
            bytes = bytes.subspan(written);
        }
        return {};
    }
    Status sync() {
        const int cause = Disk::current().sync(file_);
        return cause == 0 ? Status{} : Status(file_error("write", path_, cause));
    }

  private:
    Appender(fs::path path, int file) : path_(std::move(path)), file_(file) {}
    fs::path path_;
    int file_;
};

Status check_room(const Remote& remote, std::uint64_t here, const fs::path& folder) {
    std::uint64_t free = 0;
    const auto wanted = remote.size - std::min(here, remote.size) + kSpareSpace;
    if (remote.size == 0 || Disk::current().free_bytes(folder, free) != 0 || free >= wanted) return {};
    return fail(Errc::no_space, "the download of " + remote.url + " needs " + std::to_string(wanted >> 20U) +
                                    " MiB more in " + folder.string() + ", but " + std::to_string(free >> 20U) +
                                    " MiB are free");
}

Error has_changed(const Remote& remote) {
    return fail(Errc::verification,
                remote.url + " has changed while it was fetched; the same command begins with it anew");
}

/// Fetches what is missing, in one request.
Status fetch(const Remote& remote, const fs::path& part, const DownloadOptions& options) {
    const std::uint64_t began = size_of(part);
    std::uint64_t here = began;
    std::map<std::string, std::string> headers;
    if (here != 0) headers.emplace("Range", "bytes=" + std::to_string(here) + "-");
    // A weak ETag may not be used for parts (RFC 9110 §13.1.5); the size is compared at the end.
    if (here != 0 && !remote.version.empty() && !remote.version.starts_with("W/"))
        headers.emplace("If-Range", remote.version);
    STRATA_TRY(auto out, Appender::open(part));
    const auto sink = [&](BytesView bytes) -> Status {
        here += bytes.size();
        if (here > kLargest || (remote.size != 0 && here > remote.size)) return has_changed(remote);
        STRATA_OK(out.write(bytes));
        const auto share = remote.size == 0 ? 0.0 : static_cast<double>(here) / static_cast<double>(remote.size);
        return options.watch.at("download, MiB " + std::to_string(here >> 20U), share);
    };
    const http::ClientLimits limits{.body_bytes = kLargest, .timeout = options.silence, .total = kLongest};
    auto answer = http::get_stream(remote.url, sink, headers, limits);
    STRATA_OK(out.sync());
    if (!answer) return std::move(answer).error();
    if (answer->status != 200 && answer->status != 206)
        return fail(Errc::io, remote.url + " answers with status " + std::to_string(answer->status));
    const bool is_whole_file = answer->status == 200;
    if (began != 0 && (is_whole_file || version_of(*answer) != remote.version ||
                       !header(*answer, "content-range").starts_with("bytes " + std::to_string(began) + "-")))
        return has_changed(remote);
    if (remote.size != 0 && here != remote.size)
        return fail(Errc::io,
                    "the server closed the connection " + std::to_string(remote.size - here) + " bytes early");
    return {};
}

Status pause(std::chrono::milliseconds time, const Watch& watch) {
    constexpr std::chrono::milliseconds kLookEvery{50};
    for (; time.count() > 0; time -= kLookEvery) {
        if (watch.stopped()) return fail(Errc::cancelled, "stopped");
        std::this_thread::sleep_for(std::min(time, kLookEvery));
    }
    return {};
}

/// Fetches in as many requests as it takes, as long as something comes.
Status fetch_all(const Remote& remote, const fs::path& part, const DownloadOptions& options) {
    auto wait = options.pause;
    for (unsigned failures = 0; remote.size == 0 || size_of(part) < remote.size;) {
        const auto before = size_of(part);
        auto done = fetch(remote, part, options);
        if (done && remote.size == 0) return {};
        if (done) continue;
        if (done.error().code() == Errc::verification || remote.size == 0) STRATA_OK(remove_path(part));
        if (done.error().code() != Errc::io) return done;
        const bool is_progress = size_of(part) > before;
        failures = is_progress ? 0 : failures + 1;
        wait = is_progress ? options.pause : wait * 2;
        if (failures >= options.attempts)
            return std::move(done).error().with_context("the download did not end; the same command goes on with it");
        STRATA_OK(pause(wait, options.watch));
    }
    return {};
}

}  // namespace

bool is_url(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

Result<fs::path> download(const std::string& url, const fs::path& folder, const DownloadOptions& options) {
    STRATA_TRY(const auto remote, look_at(url, options));
    STRATA_OK(make_folders(folder));
    const auto file = folder / name_of(remote.url);
    const auto part = fs::path(file) += ".part";
    const auto note = fs::path(file) += ".source";
    const auto text = url + "\n" + std::to_string(remote.size) + "\n" + remote.version + "\n";
    const auto known = read_file(note, kMaxNote);
    const bool is_same = known && as_text(*known) == text;
    if (is_same && remote.size != 0 && size_of(file) == remote.size) return file;
    if (!is_same || remote.size == 0) STRATA_OK(remove_path(part));
    if (!is_same) STRATA_OK(remove_path(file));
    STRATA_OK(write_file(note, as_bytes(text)));
    if (remote.body) {
        STRATA_OK(write_file(file, *remote.body));
        return file;
    }
    STRATA_OK(check_room(remote, size_of(part), folder));
    STRATA_OK(fetch_all(remote, part, options));
    STRATA_OK(move_into_place(part, file));
    return file;
}

}  // namespace strata::node
