// strata wallet encrypt, unlock, lock and passphrase: keys that are encrypted on disk.
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include <strata/cli/node_verb.hpp>
#include <strata/cli/wallet_lock_command.hpp>
#include <strata/node/passphrase.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct Options : NodeOptions {
    std::filesystem::path file, new_file;
};

/// Keeps the terminal from showing what is typed.
class Hidden {
  public:
    Hidden() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!is_terminal_) return;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;
    ~Hidden() {
        if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    bool is_terminal() const { return is_terminal_; }

  private:
    termios before_{};
    bool is_terminal_;
};

/// Asks on the terminal; reads a line of the standard input if that is not one.
Result<std::string> ask(const std::string& question) {
    const Hidden hidden;
    if (hidden.is_terminal()) fmt::print(stderr, "{}: ", question);
    std::string out;
    const bool is_read = static_cast<bool>(std::getline(std::cin, out));
    if (hidden.is_terminal()) fmt::print(stderr, "\n");
    if (!is_read || out.size() > node::kMaxPassphrase)
        return fail(Errc::invalid_argument, "a passphrase of 1 to 4096 bytes is expected on the standard input");
    return out;
}

Result<std::string> passphrase(const std::filesystem::path& file, const std::string& question) {
    return file.empty() ? ask(question) : node::passphrase_from_file(file);
}

/// A new passphrase is typed twice.
Result<std::string> new_passphrase(const std::filesystem::path& file) {
    STRATA_TRY(auto out, passphrase(file, "The new passphrase"));
    if (!file.empty() || ::isatty(STDIN_FILENO) != 1) return out;
    STRATA_TRY(const auto again, ask("The new passphrase again"));
    if (again != out) return fail(Errc::invalid_argument, "the two passphrases differ; everything stays as it was");
    return out;
}

Result<Answer> done(std::string_view state, const std::string& sentence) {
    return Answer{{{"State", state}}, sentence + "\n"};
}

Result<Answer> encrypt(const Options& options, api::Client& node) {
    STRATA_TRY(const auto words, new_passphrase(options.file));
    STRATA_OK(node.ask("SetPassword", Json::array({words})));
    return done("unlocked",
                "The keys are encrypted. Keep the passphrase: without it they are lost. The node can use them until it "
                "stops; then strata wallet unlock, or wallet.passphrase_file in its settings, opens them again.");
}

Result<Answer> unlock(const Options& options, api::Client& node) {
    STRATA_TRY(const auto words, passphrase(options.file, "Passphrase"));
    STRATA_OK(node.ask("UnLockWallet", Json::array({words})));
    return done("unlocked", "The node can use its keys until it stops, or until strata wallet lock.");
}

Result<Answer> lock(const Options&, api::Client& node) {
    STRATA_OK(node.ask("LockWallet", Json::array()));
    return done("locked", "The node signs nothing more until strata wallet unlock: no messages, and no blocks.");
}

Result<Answer> change(const Options& options, api::Client& node) {
    STRATA_TRY(const auto present, passphrase(options.file, "The present passphrase"));
    STRATA_TRY(const auto next, new_passphrase(options.new_file));
    STRATA_OK(node.ask("ChangePassword", Json::array({present, next})));
    return done("changed", "The new passphrase opens the keys from now on.");
}

}  // namespace

void add_wallet_lock(CLI::App& wallet, Run& run) {
    const auto add = [&](const char* name, const char* what, auto verb) {
        auto options = std::make_shared<Options>();
        auto* added = add_node_verb(wallet, run, options, name, what, std::string("strata wallet ") + name,
                                    [options, verb](api::Client& node, char) { return verb(*options, node); });
        return std::pair(added, options);
    };
    const auto add_file = [](auto& added, const char* which) {
        added.first->add_option("--passphrase-file", added.second->file,
                                fmt::format("a file of yours alone with the {} in its first line (default: it is asked "
                                            "for, or read from the standard input)",
                                            which));
    };
    auto encrypts = add("encrypt", "encrypt the node's keys on disk under a passphrase", encrypt);
    add_file(encrypts, "new passphrase");
    auto unlocks = add("unlock", "let the node use its encrypted keys", unlock);
    add_file(unlocks, "passphrase");
    add("lock", "forbid the node to use its encrypted keys", lock);
    auto changes = add("passphrase", "choose a new passphrase for encrypted keys", change);
    add_file(changes, "present passphrase");
    changes.first->add_option("--new-passphrase-file", changes.second->new_file, "a file with the new one");
}

}  // namespace strata::cli
