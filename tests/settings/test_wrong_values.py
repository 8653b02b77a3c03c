"""Wrong input: one sentence each, at the place where it is written."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from cdk8s_paperless_ngx import SecretKey, Settings, Variable
from cdk8s_paperless_ngx.settings import (
    Ai,
    Authentication,
    Barcodes,
    Binaries,
    Consumption,
    Dates,
    DoubleSided,
    EmailSending,
    Frontend,
    Hosting,
    IncomingMail,
    Logging,
    Ocr,
    Paths,
    ReadCache,
    RemoteOcr,
    RemoteOcrEngine,
    Schedules,
    SingleSignOn,
    SoftwareTweaks,
    Tika,
    Trash,
    Webhooks,
)

URL = "a URL with scheme and host, such as 'https://docs.example.org', and without a login"
ORIGIN = "a tuple, each a URL with scheme and host alone, such as 'https://docs.example.org', and without a login"
CRON = "a cron expression of five fields with single spaces between, or DISABLED"
EXTRA = "a mapping from variables to strings or SecretKeys"
LEAVE_OUT = "; leave it out for upstream's default"

WRONG = [
    (Ocr, {"pages": -1}, "pages must be a whole number of pages, 0 or more, got -1"),
    (Ocr, {"pages": True}, "pages must be of type int or None, got True"),
    (Ocr, {"pages": 1.0}, "pages must be of type int or None, got 1.0"),
    (Ocr, {"pages": "3"}, "pages must be of type int or None, got '3'"),
    (Ocr, {"image_dpi": 0}, "image_dpi must be a whole number of dots per inch, 1 or more, got 0"),
    (
        Ocr,
        {"mode": "auto"},
        "mode must be of type OcrMode or None, got 'auto';",
    ),
    (Ocr, {"deskew": 1}, "deskew must be of type bool or None, got 1"),
    (Ocr, {"deskew": "yes"}, "deskew must be of type bool or None, got 'yes'"),
    (
        Ocr,
        {"rotate_pages_threshold": float("inf")},
        "rotate_pages_threshold must be a number, 0 or more, got inf",
    ),
    (
        Ocr,
        {"user_args": "{}"},
        "user_args must be of type Mapping from str to values of several types or None, got '{}'",
    ),
    (
        Ocr,
        {"user_args": {"a": {1}}},
        "user_args['a'] must be of type str or int or float or bool or None or ",
    ),
    (Ocr, {"user_args": {1: "a"}}, "user_args[1] must be of type str, got 1"),
    (
        Ocr,
        {"languages": "eng"},
        "languages must be of type tuple of str, got 'eng'",
    ),
    (
        Ocr,
        {"languages": ["eng"]},
        "languages must be of type tuple of str, got list",
    ),
    (
        Ocr,
        {"languages": ()},
        f"languages must be a tuple, each one of Tesseract's codes such as 'chi_sim', got (){LEAVE_OUT}",
    ),
    (
        Ocr,
        {"languages": ("eng", "de")},
        "languages must be a tuple, each one of Tesseract's codes such as 'chi_sim', got 'de'",
    ),
    (
        Ocr,
        {"languages": ("eng+deu",)},
        "languages must be a tuple, each one of Tesseract's codes such as 'chi_sim', got 'eng+deu'",
    ),
    (
        Ocr,
        {"languages": ("eng", "eng")},
        "languages must be a tuple of values that are all different, got ('eng', 'eng')",
    ),
    (
        Consumption,
        {"polling_interval": dt.timedelta(seconds=-1)},
        "polling_interval must be a timedelta of 0 or more, got -1 day, 23:59:59",
    ),
    (Consumption, {"polling_interval": "4"}, "polling_interval must be of type timedelta or None, got '4'"),
    (
        Consumption,
        {"polling_interval": True},
        "polling_interval must be of type timedelta or None, got True;",
    ),
    (
        Consumption,
        {"stability_delay": float("nan")},
        "stability_delay must be of type timedelta or None, got nan;",
    ),
    (
        Consumption,
        {"polling_delay": dt.timedelta(seconds=0.5)},
        "polling_delay must be a timedelta of whole seconds, 0 or more, got 0:00:00.500000",
    ),
    (Consumption, {"polling_retry_count": 0}, "polling_retry_count must be a whole number of at least 1, got 0"),
    (Consumption, {"subdirs_as_tags": True}, "subdirs_as_tags must be used with recursive=True, got True"),
    (
        Consumption,
        {"subdirs_as_tags": True, "recursive": False},
        "subdirs_as_tags must be used with recursive=True, got True",
    ),
    (
        Consumption,
        {"ignore_patterns": ".*"},
        "ignore_patterns must be of type tuple of str or None, got '.*'",
    ),
    (
        Consumption,
        {"ignore_patterns": ("a", "")},
        "ignore_patterns must be a tuple, each a pattern of file names, got ''",
    ),
    (Consumption, {"ignore_dirs": (1,)}, "ignore_dirs[0] must be of type str, got 1"),
    (
        Consumption,
        {"filename_parse_transforms": {"(": ""}},
        "filename_parse_transforms must be a mapping from regular expressions to texts, got '('",
    ),
    (
        Consumption,
        {"stability_delay": dt.timedelta(0)},
        "stability_delay must be a timedelta above 0, got 0:00:00;",
    ),
    (
        Consumption,
        {"stability_delay": dt.timedelta(seconds=-1)},
        "stability_delay must be a timedelta above 0, got -1 day, 23:59:59",
    ),
    (Ocr, {"languages": None}, "languages must be of type tuple of str, got None"),
    (Ocr, {"user_args": {"a": {2: "b"}}}, "user_args['a'][2] must be of type str, got 2"),
    (Settings, {"time_zone": None}, "time_zone must be of type str, got None"),
    (Settings, {"extra_env": None}, "extra_env must be of type Mapping from str to str or SecretKey, got None"),
    (Settings, {"extra_env": "A=1"}, "extra_env must be of type Mapping from str to str or SecretKey, got str"),
    (Settings, {"extra_env": [("A", "1")]}, "extra_env must be of type Mapping from str to str or SecretKey, got list"),
    (Settings, {"extra_env": {1: "a"}}, "extra_env[1] must be of type str, got 1"),
    (
        Settings,
        {"extra_env": {"A": "  "}},
        "extra_env['A'] must be a string that is not empty, or a SecretKey, got '  ",
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_DB_PASS": "pw@"}},
        (
            "extra_env['PAPERLESS_DB_PASS'] must be left out, or a SecretKey, got <class 'str'>; it looks like "
            "PAPERLESS_DBPASS: use database"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_EMAIL_PASSWORD": "pw@"}},
        (
            "extra_env['PAPERLESS_EMAIL_PASSWORD'] must be left out, or a SecretKey, got <class 'str'>; it looks like "
            "PAPERLESS_EMAIL_HOST_PASSWORD: use Settings(email_sending=EmailSending(host_password=...))"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_NEW_API_KEY": "sk-1234"}},
        "extra_env['PAPERLESS_NEW_API_KEY'] must be a SecretKey, got <class 'str'>; put the value into a Secret",
    ),
    (
        Settings,
        {"extra_env": {"NEW_PASSWORD": b"pw@"}},
        "extra_env['NEW_PASSWORD'] must be of type str or SecretKey, got bytes;",
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_NEW_URL": "https://a:b@new.example.org"}},
        "extra_env['PAPERLESS_NEW_URL'] must be a SecretKey, got <class 'str'>; put the value into a Secret",
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_BIND_ADDR": "::1"}},
        "extra_env['PAPERLESS_BIND_ADDR'] must be left out, got '::1'; use pods=Pods(ip_families=...), as",
    ),
    (
        Settings,
        {"extra_env": {"https_proxy": "http://a:b@proxy"}},
        "extra_env['https_proxy'] must be left out, got '…@proxy'; use proxy=Proxy(...)",
    ),
    (
        Settings,
        {"extra_env": {"REDIS_PASSWORD": "pw@"}},
        "extra_env['REDIS_PASSWORD'] must be left out, got <class 'str'>; use broker",
    ),
    (Schedules, {"mail": "5/10 * * * *"}, f"mail must be {CRON}, got '5/10 * * * *'; Celery takes a step after '*' or"),
    (Schedules, {"mail": "* * * * */0"}, f"mail must be {CRON}, got '* * * * */0'"),
    (Schedules, {"mail": "* * * * 7"}, f"mail must be {CRON}, got '* * * * 7'"),
    (Schedules, {"mail": "* * 0 * *"}, f"mail must be {CRON}, got '* * 0 * *'"),
    (Schedules, {"mail": "* * * sun *"}, f"mail must be {CRON}, got '* * * sun *'"),
    (Schedules, {"mail": "1,,2 * * * *"}, f"mail must be {CRON}, got '1,,2 * * * *'"),
    (Tika, {"endpoint": "user:pw@tika:9998"}, f"endpoint must be {URL}, got '…@tika:9998'"),
    (Tika, {"endpoint": "http://user:p/w@tika"}, f"endpoint must be {URL}, got '…@tika'"),
    (Tika, {"endpoint": "http://user:a:b@er2@tika"}, f"endpoint must be {URL}, got '…@tika'"),
    (Tika, {"endpoint": ("http://user:pw@tika",)}, "endpoint must be of type str or None, got tuple"),
    (EmailSending, {"host": "smtp://user:pw@smtp"}, "host must be a server's name or address alone, got '…@smtp'"),
    (EmailSending, {"host": "[::1]"}, "host must be a server's name or address alone, got '[::1]'"),
    (
        Hosting,
        {"trusted_proxies": ("999.1.1.1",)},
        (
            "trusted_proxies must be a tuple, each an IP address, or what several begin with and no network, such as "
            "'10.42.', got '999.1.1.1'"
        ),
    ),
    (
        Hosting,
        {"trusted_proxies": ("10.42.0.0/16",)},
        (
            "trusted_proxies must be a tuple, each an IP address, or what several begin with and no network, such as "
            "'10.42.', got '10.42.0.0/16'"
        ),
    ),
    (
        Hosting,
        {"allowed_hosts": ("::1",)},
        "allowed_hosts must be a tuple, each a host's name or address alone, got '::1'",
    ),
    (
        Barcodes,
        {"tag_barcode_mapping": {"a": r"\g<1>"}},
        (
            r"tag_barcode_mapping must be a mapping from regular expressions to texts, got '\\g<1>'; 'a' does not go "
            "with it: invalid group reference 1"
        ),
    ),
    (
        Barcodes,
        {"tag_barcode_mapping": {"a": r"\g<name>"}},
        r"tag_barcode_mapping must be a mapping from regular expressions to texts, got '\\g<name>'; 'a' does not go",
    ),
    (
        ReadCache,
        {"ttl": dt.timedelta(days=800)},
        "ttl must be a timedelta of whole seconds, 1 to 31536000, got 800 days, 0:00:00",
    ),
    (Schedules, {"mail": "* * * *"}, f"mail must be {CRON}, got '* * * *'; for example '30 2 * * *'"),
    (Schedules, {"mail": "*  * * * *"}, f"mail must be {CRON}, got '*  * * * *'"),
    (Schedules, {"mail": "61 * * * *"}, f"mail must be {CRON}, got '61 * * * *'"),
    (Schedules, {"mail": "@daily"}, f"mail must be {CRON}, got '@daily'"),
    (Schedules, {"mail": "0 0 * * * *"}, f"mail must be {CRON}, got '0 0 * * * *'"),
    (Schedules, {"mail": 5}, "mail must be of type str or None, got 5"),
    (Schedules, {"empty_trash": ""}, f"empty_trash must be {CRON}, got ''"),
    (Settings, {"time_zone": "Zurich!"}, "time_zone must be an IANA time zone such as 'Europe/Zurich', got 'Zurich!'"),
    (Settings, {"time_zone": ""}, "time_zone must be an IANA time zone such as 'Europe/Zurich', got ''"),
    (Settings, {"time_zone": 1}, "time_zone must be of type str, got 1"),
    (Settings, {"filename_format": ""}, f"filename_format must be a template, got ''{LEAVE_OUT}"),
    (Settings, {"filename_format": "a\ab"}, r"filename_format must be a template, got 'a\x07b'"),
    (
        Settings,
        {"date_order": "DMY"},
        "date_order must be of type DateOrder or None, got 'DMY';",
    ),
    (Settings, {"delete_duplicates": "no"}, "delete_duplicates must be of type bool or None, got 'no'"),
    (Settings, {"ocr": {"pages": 3}}, "ocr must be of type Ocr, got dict"),
    (Settings, {"ocr": None}, "ocr must be of type Ocr, got None"),
    (Settings, {"tika": Trash()}, "tika must be of type Tika, got Trash"),
    (Settings, {"extra_env": {"A B": "1"}}, "extra_env['A B'] must be the name of an environment variable, got 'A B'"),
    (Settings, {"extra_env": {"1A": "1"}}, "extra_env['1A'] must be the name of an environment variable, got '1A'"),
    (
        Settings,
        {"extra_env": {"A": ""}},
        "extra_env['A'] must be a string that is not empty, or a SecretKey, got ''; leave the variable out",
    ),
    (
        Settings,
        {"extra_env": {"A": 1}},
        "extra_env['A'] must be of type str or SecretKey, got int;",
    ),
    (
        Settings,
        {"extra_env": {"GRANIAN_HOST": "::"}},
        "extra_env['GRANIAN_HOST'] must be left out, got '::'; use pods=Pods(ip_families=...), as",
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_DBENGINE": "sqlite"}},
        "extra_env['PAPERLESS_DBENGINE'] must be left out, got 'sqlite'; use database",
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_PORT": "80"}},
        "extra_env['PAPERLESS_PORT'] must be left out, got '80'; it is fixed, as every pod has its own; use webserver=",
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_TASK_WORKERS": "4"}},
        (
            "extra_env['PAPERLESS_TASK_WORKERS'] must be left out, got '4'; use worker=WorkerOptions(scaling=...), as "
            "pods are what scales"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_OCR_LANGUAGES": "pol"}},
        (
            "extra_env['PAPERLESS_OCR_LANGUAGES'] must be left out, got 'pol'; only the image's start script reads it: "
            "use an image that has the languages, and Settings(ocr=Ocr(languages=...))"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_OCR_PAGES_FILE": "/run/pages"}},
        (
            "extra_env['PAPERLESS_OCR_PAGES_FILE'] must be left out, got '/run/pages'; only the image's start script "
            "reads files into variables: use Settings(ocr=Ocr(pages=...))"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_DBPASS_FILE": "/run/password"}},
        (
            "extra_env['PAPERLESS_DBPASS_FILE'] must be left out, got '/run/password'; only the image's start script "
            "reads files into variables: use database"
        ),
    ),
    (
        Settings,
        {"extra_env": {"USERMAP_UID": "1001"}},
        (
            "extra_env['USERMAP_UID'] must be left out, got '1001'; only the image's start script reads it: use "
            "pods=Pods(user_id=...)"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_SEARCH_LANGUAGE": "de"}},
        (
            "extra_env['PAPERLESS_SEARCH_LANGUAGE'] must be left out, got 'de'; it stops every process of 3.0 "
            "(AppRegistryNotReady); use Settings(ocr=Ocr(languages=...)), whose first language it follows"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_CONSUMER_POLLING": "5"}},
        (
            "extra_env['PAPERLESS_CONSUMER_POLLING'] must be left out, got '5'; use "
            "Settings(consumption=Consumption(polling_interval=...))"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_OCR_SKIP_ARCHIVE_FILE": "never"}},
        (
            "extra_env['PAPERLESS_OCR_SKIP_ARCHIVE_FILE'] must be left out, got 'never'; use "
            "Settings(ocr=Ocr(skip_archive_file=...)), up to paperless-ngx 3.0.0: use archive_file_generation, which "
            "says the opposite"
        ),
    ),
    (
        Settings,
        {"extra_env": {"PAPERLESS_AI_LLM_API_KEY": "sk-1234"}},
        (
            "extra_env['PAPERLESS_AI_LLM_API_KEY'] must be left out, got <class 'str'>; use "
            "Settings(ai=Ai(llm_api_key=...))"
        ),
    ),
    (
        Ai,
        {"llm_api_key": "sk-1234"},
        ("llm_api_key must be of type SecretKey or None, got str;"),
    ),
    (Ai, {"llm_endpoint": "ollama:11434"}, f"llm_endpoint must be {URL}, got 'ollama:11434'"),
    (Ai, {"llm_endpoint": "ftp://ollama"}, f"llm_endpoint must be {URL}, got 'ftp://ollama'"),
    (Ai, {"llm_endpoint": "http://a:b@ollama"}, f"llm_endpoint must be {URL}, got '…@ollama'"),
    (Ai, {"llm_endpoint": "http://"}, f"llm_endpoint must be {URL}, got 'http://'"),
    (Ai, {"llm_endpoint": "http://ollama:99999"}, f"llm_endpoint must be {URL}, got 'http://ollama:99999'"),
    (Ai, {"llm_endpoint": "http://[::1"}, f"llm_endpoint must be {URL}, got 'http://[::1'"),
    (Ai, {"llm_endpoint": b"http://ollama"}, "llm_endpoint must be of type str or None, got bytes"),
    (Ai, {"llm_context_size": 0}, "llm_context_size must be a whole number of tokens, 1 or more, got 0"),
    (
        Ai,
        {"llm_request_timeout": 120},
        "llm_request_timeout must be of type timedelta or None, got 120;",
    ),
    (
        Ai,
        {"llm_request_timeout": dt.timedelta(0)},
        "llm_request_timeout must be a timedelta of whole seconds, 1 or more, got 0:00:00",
    ),
    (Authentication, {"auto_login_username": " "}, "auto_login_username must be a login name, got ' '"),
    (
        Authentication,
        {"http_remote_user_header_name": "X-User"},
        (
            "http_remote_user_header_name must be a header's name as Django sees it such as 'HTTP_REMOTE_USER', got "
            "'X-User'"
        ),
    ),
    (
        Authentication,
        {"logout_redirect_url": "login"},
        "logout_redirect_url must be a URL or an absolute path, got 'login'",
    ),
    (
        Authentication,
        {"account_default_groups": ("a,b",)},
        "account_default_groups must be a tuple of texts without ',', got 'a,b'",
    ),
    (
        Authentication,
        {"token_throttle_rate": "5/week"},
        "token_throttle_rate must be a number for each second, minute, hour or day such as '5/min', got '5/week'",
    ),
    (
        SingleSignOn,
        {"socialaccount_providers": {"openid_connect": {}}},
        "socialaccount_providers must be of type SecretKey or None, got dict;",
    ),
    (Barcodes, {"barcode_dpi": 0}, "barcode_dpi must be a whole number of dots per inch, 1 or more, got 0"),
    (Barcodes, {"barcode_upscale": -0.5}, "barcode_upscale must be a number, 0 or more, got -0.5"),
    (Barcodes, {"barcode_max_pages": -1}, "barcode_max_pages must be a whole number of pages, 0 or more, got -1"),
    (
        Barcodes,
        {"tag_barcode_mapping": {"TAG:(.*": "a"}},
        "tag_barcode_mapping must be a mapping from regular expressions to texts, got 'TAG:(.*'",
    ),
    (
        Barcodes,
        {"tag_barcode_mapping": {"TAG": None}},
        "tag_barcode_mapping['TAG'] must be of type str, got None",
    ),
    (Binaries, {"gs_binary": "bin/gs"}, "gs_binary must be a program's name, or its absolute path, got 'bin/gs'"),
    (
        Binaries,
        {"thumbnail_font_name": "mine.ttf"},
        "thumbnail_font_name must be an absolute path without '/' at its end, got 'mine.ttf'",
    ),
    (Dates, {"ignore_dates": ("2020-01-31",)}, "ignore_dates[0] must be of type date, got '2020-01-31'"),
    (
        Dates,
        {"ignore_dates": (dt.datetime(2020, 1, 31, tzinfo=dt.UTC),)},
        "ignore_dates must be a tuple, each a datetime.date, got datetime.datetime(2020, 1, 31",
    ),
    (
        Dates,
        {"date_parser_languages": ("German",)},
        "date_parser_languages must be a tuple, each a language code of dateparser's such as 'de', got 'German'",
    ),
    (
        Dates,
        {"number_of_suggested_dates": -1},
        "number_of_suggested_dates must be a whole number of at least 0, got -1",
    ),
    (
        DoubleSided,
        {"collate_double_sided_subdir_name": "a/b"},
        "collate_double_sided_subdir_name must be a directory's name such as 'double-sided', got 'a/b'",
    ),
    (
        DoubleSided,
        {"collate_double_sided_subdir_name": ".."},
        "collate_double_sided_subdir_name must be a directory's name such as 'double-sided', got '..'",
    ),
    (EmailSending, {"host": "smtp.example.org:587"}, "host must be a server's name or address alone, got 'smtp."),
    (EmailSending, {"port": 65536}, "port must be a whole number, 1 to 65535, got 65536"),
    (EmailSending, {"port": "tcp://10.0.0.1:25"}, "port must be of type int or None, got 'tcp://10.0.0.1:25'"),
    (EmailSending, {"sender": "Archive"}, "sender must be a mail address, got 'Archive'"),
    (
        EmailSending,
        {"use_tls": True, "use_ssl": True},
        "use_ssl must be left out beside use_tls=True, got True; a server offers one on each port",
    ),
    (Frontend, {"app_title": ""}, f"app_title must be a text, got ''{LEAVE_OUT}"),
    (
        Frontend,
        {"app_logo": "/media/picture.png"},
        "app_logo must be a path below the media directory with 'logo' in it such as '/media/logo.png', got ",
    ),
    (
        Hosting,
        {"allauth_trusted_proxy_count": -1},
        "allauth_trusted_proxy_count must be a whole number of at least 0, got -1",
    ),
    (
        Hosting,
        {"allowed_hosts": ("https://docs.example.org",)},
        "allowed_hosts must be a tuple, each a host's name or address alone, got 'https://docs.example.org'",
    ),
    (
        Hosting,
        {"csrf_trusted_origins": ("docs.example.org",)},
        f"csrf_trusted_origins must be {ORIGIN}, got 'docs.example.org'",
    ),
    (
        Hosting,
        {"cors_allowed_hosts": ("https://a.example.org/",)},
        f"cors_allowed_hosts must be {ORIGIN}, got 'https://a.example.org/'",
    ),
    (
        Hosting,
        {"cors_allowed_hosts": ("https://*.example.org",)},
        f"cors_allowed_hosts must be {ORIGIN}, got 'https://*.example.org'",
    ),
    (
        Hosting,
        {"allauth_trusted_client_ip_header": "X Real IP"},
        "allauth_trusted_client_ip_header must be a header's name such as 'X-Real-IP', got 'X Real IP'",
    ),
    (
        Hosting,
        {"static_url": "/static"},
        "static_url must be a path or URL that ends in '/' such as '/static/', got '/static'",
    ),
    (Hosting, {"cookie_prefix": "a b"}, "cookie_prefix must be letters, digits, '_' and '-', got 'a b'"),
    (
        IncomingMail,
        {"enable_gpg_decryptor": True},
        (
            "enable_gpg_decryptor must be used with email_gnupg_home, got True; mount the keys through "
            "WorkerOptions(extras=...)"
        ),
    ),
    (
        IncomingMail,
        {"email_certificate_location": "ca.pem"},
        "email_certificate_location must be an absolute path without '/' at its end, got 'ca.pem'",
    ),
    (
        IncomingMail,
        {"gmail_oauth_client_secret": "abc"},
        "gmail_oauth_client_secret must be of type SecretKey or None, got str;",
    ),
    (
        Logging,
        {"logrotate_max_size_bytes": 0},
        "logrotate_max_size_bytes must be a whole number of bytes, 1 or more, got 0",
    ),
    (Logging, {"debug": "false"}, "debug must be of type bool or None, got 'false'"),
    (
        Paths,
        {"empty_trash_dir": "trash"},
        "empty_trash_dir must be an absolute path without '/' at its end, got 'trash'",
    ),
    (Paths, {"model_file": "/data/"}, "model_file must be an absolute path without '/' at its end, got '/data/'"),
    (ReadCache, {"ttl": dt.timedelta(0)}, "ttl must be a timedelta of whole seconds, 1 to 31536000, got 0:00:00"),
    (
        ReadCache,
        {"redis_url": "redis://:pw@r"},
        "redis_url must be of type SecretKey or None, got str;",
    ),
    (
        RemoteOcr,
        {"engine": RemoteOcrEngine.AZURE_AI},
        (
            "engine must be used with endpoint and api_key, got <RemoteOcrEngine.AZURE_AI: 'azureai'>; no process "
            "would start"
        ),
    ),
    (
        SoftwareTweaks,
        {"cache_backend": "django.core.cache.backends.locmem.LocMemCache"},
        (
            "cache_backend must be one that all pods share, got 'django.core.cache.backends.locmem.LocMemCache'; each "
            "would keep its own"
        ),
    ),
    (
        SoftwareTweaks,
        {"channels_backend": "channels.layers.InMemoryChannelLayer"},
        (
            "channels_backend must be one that all pods share, got 'channels.layers.InMemoryChannelLayer'; each would "
            "keep its own"
        ),
    ),
    (SoftwareTweaks, {"apps": ("a-b",)}, "apps must be a tuple, each a dotted Python name, got 'a-b'"),
    (
        SoftwareTweaks,
        {"convert_memory_limit": "256Mi"},
        "convert_memory_limit must be a size as ImageMagick reads it such as '256MiB', got '256Mi'",
    ),
    (
        Tika,
        {"enabled": True},
        "enabled must be used with endpoint and gotenberg_endpoint, got True; upstream's defaults are inside the pod",
    ),
    (
        Trash,
        {"empty_trash_delay": dt.timedelta(hours=12)},
        "empty_trash_delay must be a timedelta of whole days, 1 or more, got 12:00:00",
    ),
    (
        Trash,
        {"empty_trash_delay": 30},
        "empty_trash_delay must be of type timedelta or None, got 30;",
    ),
    (
        Webhooks,
        {"allowed_schemes": ("ftp",)},
        "allowed_schemes must be a tuple, each a URL's scheme such as 'https', got 'ftp'",
    ),
    (Webhooks, {"allowed_ports": (0,)}, "allowed_ports must be a tuple, each a whole number, 1 to 65535, got 0"),
    (
        Webhooks,
        {"allowed_ports": (80, 80)},
        "allowed_ports must be a tuple of values that are all different, got (80, 80)",
    ),
]


@pytest.mark.parametrize(("group", "arguments", "sentence"), WRONG, ids=lambda value: getattr(value, "__name__", None))
def test_wrong_input_gets_one_sentence(group, arguments, sentence):
    expected = TypeError if " must be of type " in sentence else ValueError
    with pytest.raises(expected, match=f"^{group.__name__}: {re.escape(sentence)}") as error:
        group(**arguments)

    assert "\n" not in str(error.value)
    for secret in ("sk-1234", "a:b@", "pw@", "p/w@", "er2@"):
        assert secret not in str(error.value)


def test_more_than_a_hundred():
    """All of them different input."""
    assert len({f"{group.__name__}({arguments})" for group, arguments, _ in WRONG}) == len(WRONG) > 100


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PAPERLESS_OCR_PAGE", "PAPERLESS_OCR_PAGES"),
        ("PAPERLES_OCR_MODE", "PAPERLESS_OCR_MODE"),
        ("PAPERLESS_CONSUMER_RECURSE", "PAPERLESS_CONSUMER_RECURSIVE"),
        ("paperless_time_zone", "PAPERLESS_TIME_ZONE"),
        ("PAPERLESS_DB_HOST", "PAPERLESS_DBHOST"),
        ("PAPERLESS_OCR_LANG", "PAPERLESS_OCR_LANGUAGE"),
        ("PAPERLESS_FILENAME_FORMA", "PAPERLESS_FILENAME_FORMAT"),
    ],
)
def test_a_misspelt_name_warns(name, meant):
    """It is taken as it is, as upstream may have learnt it; the warning points at whoever wrote it."""
    with pytest.warns(
        UserWarning, match=rf"^Settings: no variable {name} in extra_env is known here; it looks like {meant}$"
    ) as warned:
        settings = Settings(extra_env={name: "1"})

    assert warned[0].filename == __file__
    assert settings.variables()[name] == "1"


@pytest.mark.parametrize("name", ["PAPERLESS_NEW_THING", "GRANIAN_LOG_LEVEL", "TESSDATA_PREFIX", "PAPERLESS", "A"])
def test_an_unknown_name_is_nobodys_business(name):
    """Warnings are errors in these tests."""
    assert Settings(extra_env={name: "1"}).variables()[name] == "1"


def test_a_variable_whose_value_stands_in_a_secret():
    """A misspelt name is worth a warning; nothing of it reaches a manifest."""
    key = SecretKey(secret="mine", key="word")
    settings = Settings(extra_env={"PAPERLESS_NEW_API_KEY": key, "A": "1"})

    assert settings.secret_variables() == (Variable(name="PAPERLESS_NEW_API_KEY", value=key),)
    assert "PAPERLESS_NEW_API_KEY" not in settings.variables()
    with pytest.warns(UserWarning, match="it looks like PAPERLESS_DBPASS$"):
        Settings(extra_env={"PAPERLESS_DB_PASS": key})
