;;; Drives Emacs' eglot against the built server, without a display (Emacs 28 with eglot 1.9, or Emacs 29 and newer):
;;;   emacs --batch -l test/clients/eglot.el FILE, with PLATMAP_RECIPE set to the file of the recipe.
;;; Prints one line a check, "ok - ..." or "not ok - ...", and "done" when all were made. Knows no rule but the one of its document.

(package-initialize)
(require 'cl-lib)
(require 'flymake)

(defvar platmap-limit 20 "Seconds after which a server that does not answer has failed.")

(load (getenv "PLATMAP_RECIPE") nil t)

(defun platmap-say (text) (princ (concat text "\n") #'external-debugging-output))

(defmacro platmap-check (what &rest body)
  "Runs BODY, and says whether it went through without an error."
  `(condition-case problem
       (progn ,@body (platmap-say (concat "ok - " ,what)))
     (error (platmap-say (format "not ok - %s: %S" ,what problem)))))

(defun platmap-wait (what ready)
  (let ((end (+ (float-time) platmap-limit)))
    ;; What an idle timer does for a person.
    (eglot--signal-textDocument/didChange)
    (while (and (not (funcall ready)) (< (float-time) end))
      (flymake-start)
      (accept-process-output nil 0.05))
    (unless (funcall ready) (error "%s" what))))

(defun platmap-ask (method &optional more)
  (jsonrpc-request (eglot--current-server-or-lose) method (append (eglot--TextDocumentPositionParams) more) :timeout platmap-limit))

(defun platmap-go (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(setq eglot-sync-connect platmap-limit
      make-backup-files nil
      create-lockfiles nil)
(find-file (car command-line-args-left))
(setq command-line-args-left nil)
(let ((eglot-confirm-server-initiated-edits nil))
  (apply #'eglot (eglot--guess-contact))

  (platmap-check "an overlap is one error, shown once"
    (platmap-wait "there is no finding" #'flymake-diagnostics)
    (let ((found (flymake-diagnostics)))
      (cl-assert (= 1 (length found)))
      (cl-assert (string-match-p "uart0" (flymake-diagnostic-text (car found))))))

  (platmap-check "a hover explains a key"
    (platmap-go "\"devices\"")
    (forward-char 2)
    (cl-assert (< 0 (length (plist-get (plist-get (platmap-ask :textDocument/hover) :contents) :value)))))

  (platmap-check "a rename changes the entry and its references"
    (platmap-go "uart0")
    (eglot-rename "console0")
    (goto-char (point-min))
    (cl-assert (search-forward "\"console0\"" nil t))
    (goto-char (point-min))
    (cl-assert (not (search-forward "\"uart0\"" nil t))))

  (platmap-check "formatting changes blanks alone"
    (let ((before (replace-regexp-in-string "[ \t\n]" "" (buffer-string))))
      (eglot-format-buffer)
      (cl-assert (equal before (replace-regexp-in-string "[ \t\n]" "" (buffer-string))))))

  (platmap-check "a quick fix mends the overlap and keeps the comments"
    (platmap-wait "there is no finding" #'flymake-diagnostics)
    (platmap-go "timer0")
    (let ((actions (jsonrpc-request (eglot--current-server-or-lose) :textDocument/codeAction
                                    (list :textDocument (eglot--TextDocumentIdentifier)
                                          :range (list :start (eglot--pos-to-lsp-position (line-beginning-position))
                                                       :end (eglot--pos-to-lsp-position (line-end-position)))
                                          :context (list :diagnostics [] :only ["quickfix"])))))
      (eglot--apply-workspace-edit (plist-get (aref actions 0) :edit))
      (platmap-wait "the finding stays" (lambda () (null (flymake-diagnostics))))
      (platmap-go "// The console of the boot loader.")
      (platmap-go "// as in the data sheet")))

  (eglot-shutdown (eglot--current-server-or-lose)))

(platmap-say "done")
(set-buffer-modified-p nil)
(kill-emacs 0)
