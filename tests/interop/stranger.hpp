#pragma once
// Runs a program over a different implementation of libp2p, against which the tests of this folder speak. It prints one
// JSON object a line and reads commands in the same form (README.md).
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <strata/net/keys.hpp>

namespace strata::interop {

/// A program, by the variable of the environment that has its path.
struct Stranger {
    const char* name;
    const char* variable;

    /// Empty if the environment does not say.
    std::optional<std::string> path() const {
        const char* value = std::getenv(variable);
        return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
    }
    /// The identify of rust-libp2p signs records of an older form that neither Go nor this node takes (libp2p-core 0.44
    /// src/peer_record.rs LEGACY_PAYLOAD_TYPE, libp2p-identify 0.48 src/handler.rs build_info).
    bool has_signed_record() const { return !is_rust(); }
    /// The Yamux of Rust shows its reader a reset as the end of the stream, and ends a stream with FIN where this node
    /// has finished (yamux 0.14.1 src/connection.rs, on_frame and on_drop_stream).
    bool has_resets() const { return !is_rust(); }
    /// The streams of libp2p-stream that come faster than they are taken are dropped (0.5.0-alpha src/shared.rs, a
    /// channel of no capacity).
    bool takes_many_streams_at_once() const { return !is_rust(); }
    bool is_rust() const { return std::string_view(name) == "rust"; }
    std::string absence() const {
        return std::string(variable) + " is not set: it is the path of the peer that tests/interop/prepare builds";
    }
};

inline constexpr Stranger kGo{"go", "STRATA_GO_PEER"};
inline constexpr Stranger kJs{"js", "STRATA_JS_PEER"};
inline constexpr Stranger kRust{"rust", "STRATA_RUST_PEER"};

/// Names a test by the stranger and the key of our side.
inline std::string case_name(const Stranger& stranger, net::KeyType key) {
    return std::string(stranger.name) + (key == net::KeyType::ed25519 ? "_ed25519" : "_secp256k1");
}

/// A running program. It ends with this object.
class StrangePeer {
  public:
    StrangePeer(const Stranger& stranger, std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), stranger.path().value());
        int to[2], from[2];
        STRATA_CHECK(::pipe(to) == 0 && ::pipe(from) == 0);
        pid_ = ::fork();
        STRATA_CHECK(pid_ >= 0);
        if (pid_ == 0) run_child(arguments, to, from);
        ::close(to[0]);
        ::close(from[1]);
        in_ = ::fdopen(from[0], "r");
        out_ = ::fdopen(to[1], "w");
    }
    StrangePeer(const StrangePeer&) = delete;
    StrangePeer& operator=(const StrangePeer&) = delete;
    ~StrangePeer() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            wait();
        }
        std::fclose(in_);
        std::fclose(out_);
    }

    /// Returns the next object with this event; null if the program ended first.
    nlohmann::json next(const std::string& event) {
        std::string line;
        for (int c = 0; (c = std::fgetc(in_)) != EOF;) {
            if (c != '\n') {
                line.push_back(static_cast<char>(c));
                continue;
            }
            auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
            line.clear();
            if (object.is_object() && object.value("event", "") == event) return object;
        }
        return {};
    }
    /// Gives a command and returns its answer.
    nlohmann::json ask(const nlohmann::json& command) {
        std::fputs((command.dump() + "\n").c_str(), out_);
        std::fflush(out_);
        return next("answer");
    }
    /// Waits until the program ends and returns its exit code.
    int wait() {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

  private:
    [[noreturn]] static void run_child(const std::vector<std::string>& arguments, const int* to, const int* from) {
        ::dup2(to[0], 0);
        ::dup2(from[1], 1);
        for (const int fd : {to[0], to[1], from[0], from[1]}) ::close(fd);
        std::vector<char*> raw;
        for (const auto& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
        raw.push_back(nullptr);
        ::execv(raw[0], raw.data());
        std::_Exit(127);
    }

    pid_t pid_ = 0;
    std::FILE* in_ = nullptr;
    std::FILE* out_ = nullptr;
};

}  // namespace strata::interop
